import type { ApiKey } from '@watchfloor/contracts/identity'
import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import * as apiKeyStore from './api-key-store.ts'
import { newApiKey, prefixOf, printApiKey } from './api-key-text.ts'
import type { Callers, Known } from './callers.ts'
import { dayMs, digest, keyStateOf } from './model.ts'
import type { OwnAccount, Person } from './own-account.ts'
import type { IdentityParts, Origin } from './parts.ts'

export interface NewApiKey {
  readonly name: string
  readonly permissions: readonly string[]
  readonly expiresInDays: number
  readonly password?: string | undefined
}

export interface ApiKeys {
  /** @error FORBIDDEN for all keys without `api-keys:read` */
  list(
    actor: Actor,
    known: Known,
    filter: { owner: 'mine' | 'all'; state?: ApiKey['state'] | undefined },
    page: { cursor?: string | undefined; limit: number },
  ): Promise<{ items: ApiKey[]; next?: string }>
  /** The secret is in the answer and nowhere else. @error FORBIDDEN beyond one's own rights or without proof · VALIDATION_FAILED */
  create(actor: Actor, person: Person, input: NewApiKey, origin: Origin): Promise<{ apiKey: ApiKey; secret: string }>
  /** One's own, the key itself, or with `api-keys:write` any. @error NOT_FOUND · CONFLICT when it was revoked before */
  revoke(actor: Actor, known: Known, apiKeyId: string): Promise<void>
}

const maxActivePerAccount = 100

export function createApiKeys(parts: IdentityParts, callers: Callers, own: OwnAccount): ApiKeys {
  const { sql, clock, audit, roles, settings } = parts

  function requireOwnRights(actor: Actor, permissions: readonly string[]): void {
    const unknown = permissions.filter((permission) => !roles.has(permission))
    if (unknown.length > 0)
      throw new Refusal('VALIDATION_FAILED', `there is no permission ${unknown.join(', ')}`, {
        issues: unknown.map((name) => ({ at: 'body.permissions', message: `${name} is unknown` })),
      })
    const held: ReadonlySet<string> = actor.permissions
    const beyond = permissions.filter((permission) => !held.has(permission))
    if (beyond.length > 0)
      throw new Refusal('FORBIDDEN', 'a key can do no more than its owner', { details: { permissions: beyond } })
  }

  async function requireLife(days: number): Promise<void> {
    const maxDays = await settings.apiKeyMaxDays.get()
    if (days <= maxDays) return
    throw new Refusal('VALIDATION_FAILED', `keys may live ${maxDays} days here`, {
      issues: [{ at: 'body.expiresInDays', message: `at most ${maxDays}` }],
    })
  }

  return {
    async list(actor, known, { owner, state }, { cursor, limit }) {
      if (owner === 'all' && !actor.permissions.has('api-keys:read'))
        throw new Refusal('FORBIDDEN', "this needs the permission api-keys:read: other people's keys")
      const accountId = owner === 'mine' ? known.account.id : undefined
      const nowMs = clock.now()
      const { items, next } = await apiKeyStore.page(sql.db, { accountId, state }, nowMs, cursor, limit)
      return {
        items: items.map((key) => viewOf(key, key.owner_name, nowMs)),
        ...(next === undefined ? {} : { next }),
      }
    },
    async create(actor, person, input, origin) {
      await own.requireProof(person, input.password, origin)
      const permissions = [...new Set(input.permissions)].toSorted()
      requireOwnRights(actor, permissions)
      await requireLife(input.expiresInDays)
      const nowMs = clock.now()
      if ((await apiKeyStore.countActive(sql.db, person.account.id, nowMs)) >= maxActivePerAccount)
        throw new Refusal('CONFLICT', `you have ${maxActivePerAccount} keys already`, { remedy: 'revoke some first' })
      const text = newApiKey((count) => parts.randomBytes(count))
      const row = {
        id: text.id,
        account_id: person.account.id,
        name: input.name,
        permissions,
        secret_hash: digest(text.secret),
        created_ms: nowMs,
        expires_ms: nowMs + input.expiresInDays * dayMs,
        last_used_ms: null,
        last_used_ip: null,
        revoked_ms: null,
      }
      await sql.tx(async (db) => {
        await apiKeyStore.insert(db, row)
        await audit.record(db, actor, {
          action: 'identity.create-api-key',
          object: { type: 'api-key', id: row.id, title: row.name },
          after: { permissions, expiresAt: toInstant(row.expires_ms) },
        })
      })
      return { apiKey: viewOf(row, person.account.email, nowMs), secret: printApiKey(text) }
    },
    async revoke(actor, known, apiKeyId) {
      const found = await apiKeyStore.withOwner(sql.db, apiKeyId)
      const mine = known.kind === 'api-key' ? known.key.id === apiKeyId : known.account.id === found?.account.id
      // Who may not see a key learns nothing about it.
      if (!found || !(mine || actor.permissions.has('api-keys:write')))
        throw new Refusal('NOT_FOUND', 'you have no such API key')
      await sql.tx(async (db) => {
        if (!(await apiKeyStore.revoke(db, apiKeyId, clock.now())))
          throw new Refusal('CONFLICT', 'this key was revoked before')
        await audit.record(db, actor, {
          action: 'identity.revoke-api-key',
          object: { type: 'api-key', id: apiKeyId, title: found.key.name },
          before: { ownerId: found.account.id, permissions: found.key.permissions },
        })
      })
      await callers.forget(found.account.id)
    },
  }
}

const viewOf = (key: apiKeyStore.KeyOwner['key'], ownerName: string, nowMs: number): ApiKey => ({
  id: key.id as ApiKey['id'],
  name: key.name,
  owner: { id: key.account_id as ApiKey['owner']['id'], name: ownerName },
  permissions: key.permissions,
  prefix: prefixOf(key.id),
  createdAt: toInstant(key.created_ms),
  expiresAt: key.expires_ms === null ? null : toInstant(key.expires_ms),
  lastUsedAt: key.last_used_ms === null ? null : toInstant(key.last_used_ms),
  lastUsedIp: key.last_used_ip,
  revokedAt: key.revoked_ms === null ? null : toInstant(key.revoked_ms),
  state: keyStateOf(key, nowMs),
})
