import type { Crypto } from '../../platform/crypto/crypto.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import * as store from './store.ts'

const context = 'audit/chain-key'
const keyBytes = 32

/**
 * The key of the chain: random, made at the first use, kept sealed in SQL. Not derived from the master key, because the
 * chain has to hold when that is changed.
 */
export function chainKey(parts: {
  sql: Sql
  crypto: Crypto
  randomBytes(count: number): Uint8Array
}): () => Promise<Uint8Array> {
  let known: Promise<Uint8Array> | undefined
  async function load(): Promise<Uint8Array> {
    const { sql, crypto } = parts
    if ((await store.sealedKey(sql.db)) === undefined) {
      const fresh = Buffer.from(parts.randomBytes(keyBytes)).toString('base64')
      await store.offerSealedKey(sql.db, await crypto.sealText(fresh, context))
    }
    const sealed = await store.sealedKey(sql.db)
    if (sealed === undefined) throw new Error('the key of the audit chain could not be stored')
    return Buffer.from(await crypto.openText(sealed, context), 'base64')
  }
  return () => {
    known ??= load().catch((error) => {
      known = undefined
      throw error
    })
    return known
  }
}
