/** Control characters of a record must not steer the terminal. Line ends and tabs become spaces. */
export const printable = (text: string): string =>
  text
    .replace(/[\t\r\n]+/g, ' ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const wideAstral = /\p{Extended_Pictographic}/u
const mark = /\p{M}/u

/** Columns that a text takes in a terminal; escape sequences for colours take none. */
export function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape character
  const bare = text.replace(/\u001b\[[\d;]*m/g, '')
  // Most texts are ASCII, and their length is their width.
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length
  let width = 0
  for (const character of bare)
    if (!mark.test(character)) width += wide.test(character) || wideAstral.test(character) ? 2 : 1
  return width
}

/** Cuts a text to so many columns, with an ellipsis where something is missing. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let width = 0
  let cut = ''
  for (const character of text) {
    const next = widthOf(character)
    if (width + next > columns - 1) break
    cut += character
    width += next
  }
  return `${cut}…`
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** `1.5 MB`; units of 1,000. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `12,345` */
export const countText = (count: number): string => Math.round(count).toLocaleString('en-US')

/** `3 files`, `1 file` */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`

/** `0.4 s`, `12 s`, `3 min 5 s` */
export function durationText(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 119.5) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
