import { Refusal } from '@watchfloor/contracts/kernel'

/** Where an event stands in the order of a search: by time, then by id. */
export interface Position {
  readonly timeMs: number
  readonly id: string
}

export const encodeCursor = ({ timeMs, id }: Position): string =>
  Buffer.from(JSON.stringify([timeMs, id])).toString('base64url')

/** @error VALIDATION_FAILED when it is none of ours */
export function decodeCursor(cursor: string): Position {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(parts) && typeof parts[0] === 'number' && typeof parts[1] === 'string') {
      return { timeMs: parts[0], id: parts[1] }
    }
  } catch {
    // Refused below.
  }
  throw new Refusal('VALIDATION_FAILED', 'the cursor is not one that a search of events gave out', {
    remedy: 'begin again without a cursor',
  })
}
