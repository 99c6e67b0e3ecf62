import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { Failure } from '../../output/failure.ts'

/** The id of a set that is named by its name or id. @throws Failure when there is none */
export async function setIdOf(client: WatchfloorClient, named: string): Promise<string> {
  let cursor: string | undefined
  do {
    const query = { limit: 500, ...(cursor ? { cursor } : {}) }
    const page = unwrap(await client.GET('/api/v1/yara/sets', { params: { query } }))
    const found = page.items.find(({ id, name }) => id === named || name === named)
    if (found) return found.id
    cursor = page.next
  } while (cursor)
  throw new Failure(`there is no set of YARA rules named ${named}`, { remedy: 'Look with: watchfloor yara list' })
}
