/** As many as the server takes at once. */
export const maxEvents = 1000

type Sample = string | Record<string, unknown>

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads pasted events: one JSON document (an object or a list), or one event a line, JSON or raw. */
export function readSampleEvents(text: string): { events: Sample[]; cut: boolean } {
  const trimmed = text.trim()
  if (trimmed === '') return { events: [], cut: false }
  const whole = parse(trimmed)
  const events: Sample[] = isObject(whole)
    ? [whole]
    : Array.isArray(whole)
      ? whole.filter((each): each is Sample => isObject(each) || typeof each === 'string')
      : trimmed
          .split(/\r?\n/)
          .filter((line) => line.trim() !== '')
          .map((line) => {
            const value = parse(line)
            return isObject(value) ? value : line
          })
  return { events: events.slice(0, maxEvents), cut: events.length > maxEvents }
}
