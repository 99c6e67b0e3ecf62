const colours: Record<string, string> = { debug: '\x1b[90m', info: '\x1b[36m', warn: '\x1b[33m', error: '\x1b[31m' }
const reset = '\x1b[0m'
const dim = '\x1b[90m'

const showValue = (value: unknown): string => {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  return JSON.stringify(value) ?? String(value)
}

/** Pulls the stacks out of a line's errors, so that they can stand below it readably. */
function takeStacks(fields: Record<string, unknown>): string[] {
  const stacks: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== 'object' || value === null || !('stack' in value)) continue
    const { stack, message, type } = value as { stack?: unknown; message?: unknown; type?: unknown }
    if (typeof stack === 'string') stacks.push(stack)
    fields[name] = `${String(type)}: ${String(message)}`
  }
  return stacks
}

/**
 * One JSON log line as people read it: local time, level, message, fields; stacks indented below.
 * @returns the line as it was when it is not a log line
 */
export function prettyLine(json: string, options: { colour: boolean }): string {
  let line: Record<string, unknown>
  try {
    line = JSON.parse(json) as Record<string, unknown>
  } catch {
    return json
  }
  const { level, time, message, pid: _pid, hostname: _hostname, ...fields } = line
  const paint = (text: string, colour: string) => (options.colour ? `${colour}${text}${reset}` : text)
  const stacks = takeStacks(fields)
  const at = new Date(String(time))
  const clockText = Number.isNaN(at.getTime()) ? String(time) : at.toTimeString().slice(0, 8)
  const shown = Object.entries(fields)
    .map(([name, value]) => `${paint(`${name}=`, dim)}${showValue(value)}`)
    .join(' ')
  const levelText = paint(String(level).toUpperCase().padEnd(5), colours[String(level)] ?? '')
  const head = `${paint(clockText, dim)} ${levelText} ${String(message)}${shown ? `  ${shown}` : ''}`
  return [head, ...stacks.map((stack) => paint(stack.replace(/^/gm, '    '), dim))].join('\n')
}
