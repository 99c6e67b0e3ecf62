/** A field's value as text: strings as they are, everything else as JSON. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Longer than this it is shown as it came: indenting a megabyte helps nobody. */
const prettyLimit = 200_000

/** JSON gets indented; anything else stays as it came. */
export function prettyRaw(raw: string): string {
  if (raw.length > prettyLimit || !/^\s*[[{]/.test(raw)) return raw
  try {
    return JSON.stringify(JSON.parse(raw), null, 2)
  } catch {
    return raw
  }
}

/** One line that tells events apart: the message, else the most telling fields. */
const tellingFields = [
  'message',
  'process.command_line',
  'url.full',
  'dns.question.name',
  'event.action',
  'process.executable',
  'file.path',
  'registry.path',
  'http.request.method',
]
export function eventSummary(fields: Readonly<Record<string, unknown>>, raw: string): string {
  for (const name of tellingFields) {
    const value = fields[name]
    if (typeof value === 'string' && value !== '') return value.slice(0, 400).replace(/\s+/g, ' ')
  }
  return raw.slice(0, 400).replace(/\s+/g, ' ')
}
