import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** Runs it all through as fast as it goes, prints one JSON object and ends. */
  readonly exit: boolean
  /** Data directory to keep; a temporary one when absent. */
  readonly keep: string | undefined
  /** How much faster than usual the intrusion unfolds. */
  readonly speed: number
  readonly seed: number
}

export const demoUsage = `npm run demo [-- OPTIONS]

  --exit        run it all through as fast as it goes, print one JSON object, end
  --keep DIR    keep the data in DIR (empty or new); else it is removed at the end
  --speed N     let the intrusion unfold N times faster (0.1 to 100; it takes two and a half minutes at 1)
  --seed N      another day with the same story
`

/** The demo was called in a way it does not understand; the message says how to call it. */
export class DemoUsage extends Error {}

/** @returns undefined when help is asked for @throws DemoUsage */
export function readDemoOptions(args: readonly string[]): DemoOptions | undefined {
  const values = parsed(args)
  if (values.help) return undefined
  return {
    exit: values.exit ?? false,
    keep: values.keep,
    speed: numberOf('speed', values.speed ?? '1', { min: 0.1, max: 100 }),
    seed: numberOf('seed', values.seed ?? '1', { min: 0, max: 2 ** 32 }),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        exit: { type: 'boolean' },
        keep: { type: 'string' },
        speed: { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new DemoUsage(`${error instanceof Error ? error.message : String(error)}\n\n${demoUsage}`)
  }
}

function numberOf(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  throw new DemoUsage(`--${name} must be a number from ${min} to ${max}, not "${text}"\n\n${demoUsage}`)
}
