import { Refusal } from '@watchfloor/contracts/kernel'
import { messageOf } from '../../../platform/log/error-message.ts'

export const isDiskFull = (error: unknown): boolean =>
  /no space left|ENOSPC|disk is full|could not write|failed to write|max_temp_directory_size/i.test(messageOf(error))

/** DuckDB gave up on the database file after a fault and wants it opened anew. */
export const needsReopening = (error: unknown): boolean =>
  /database has been invalidated|FATAL Error|INTERNAL Error|Connection Error|must be restarted/i.test(messageOf(error))

const isInterrupted = (error: unknown): boolean => /INTERRUPT Error|Interrupted!/.test(messageOf(error))
const isOutOfMemory = (error: unknown): boolean =>
  /Out of Memory Error|failed to (allocate|pin block)/i.test(messageOf(error))
const isBadRegex = (error: unknown): boolean =>
  /invalid regular expression|missing \)|missing \]|bad repetition|invalid escape|no argument for repetition|regexp/i.test(
    messageOf(error),
  )

export const storeFull = (): Refusal =>
  new Refusal('STORAGE_FULL', 'the disk that holds the events is full; nothing of this batch was stored', {
    remedy: 'free space on the disk of the data directory, or shorten the retention of a source',
  })

/** What went wrong with a search, in the words of the person who asked. */
export function searchFault(error: unknown, timeoutMs: number): unknown {
  if (isInterrupted(error)) {
    return new Refusal('UNPROCESSABLE', `the search took longer than ${timeoutMs / 1000} s and was ended`, {
      remedy: 'narrow the time range, or search a field instead of the whole text',
    })
  }
  if (isOutOfMemory(error)) {
    return new Refusal('UNPROCESSABLE', 'the search needs more memory than the event store may use', {
      remedy: 'narrow the time range, or give the event store more memory',
    })
  }
  if (isDiskFull(error)) return storeFull()
  if (isBadRegex(error))
    return new Refusal('QUERY_INVALID', `not a regular expression: ${messageOf(error).split('\n')[0]}`)
  return error
}
