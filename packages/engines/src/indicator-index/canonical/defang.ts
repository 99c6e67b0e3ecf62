const spellings: readonly (readonly [RegExp, string])[] = [
  [/^hxxp/i, 'http'],
  [/^fxp:/i, 'ftp:'],
  [/\[:\/\/\]/g, '://'],
  [/\[:\]/g, ':'],
  [/(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\})/gi, '.'],
  [/\\\./g, '.'],
  [/(?:\[@\]|\(@\)|\[at\]|\(at\))/gi, '@'],
]

const looksDefanged = /^hxxp|^fxp:|[[({](?:\.|dot|@|at|:|:\/\/)[\])}]|\\\./i

/**
 * Undoes the spellings by which reports keep addresses from being clicked: `hxxps://evil[.]example` becomes
 * `https://evil.example`.
 */
export function refang(text: string): string {
  if (!looksDefanged.test(text)) return text
  return spellings.reduce((result, [spelling, meant]) => result.replace(spelling, meant), text)
}
