import { InvalidArgumentError } from 'commander'

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string | undefined
}

const largestPage = 500

/** Pages of a list until `limit` items have come. */
export async function* pagesOf<Item>(
  limit: number,
  ask: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): AsyncGenerator<{ items: readonly Item[]; hasMore: boolean }> {
  let left = limit
  let cursor: string | undefined
  do {
    const page = await ask({ limit: Math.min(left, largestPage), ...(cursor === undefined ? {} : { cursor }) })
    const items = page.items.slice(0, left)
    left -= items.length
    cursor = page.next
    yield { items, hasMore: cursor !== undefined || items.length < page.items.length }
    if (page.items.length === 0) return
  } while (cursor !== undefined && left > 0)
}

/** `--limit`: a number of items, or `all`. */
export function parseLimit(text: string): number {
  if (text === 'all') return Number.MAX_SAFE_INTEGER
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('A whole number from 1, or all.')
  return limit
}
