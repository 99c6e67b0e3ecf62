import { type Actor, type Permission, Refusal } from '@watchfloor/contracts/kernel'
import type { Caller, Credentials } from '../../platform/http/admission.ts'
import * as apiKeyStore from './api-key-store.ts'
import { type ApiKeyText, presentedIn } from './api-key-text.ts'
import { digest, isSessionOver, keyStateOf, minuteMs, mustDoOf, sameDigest } from './model.ts'
import type { IdentityParts } from './parts.ts'
import * as sessionStore from './session-store.ts'
import type { AccountRow } from './tables.ts'

export const sessionCookie = 'watchfloor_session'

/** A caller whose credentials hold. */
export type Known =
  | ({ readonly kind: 'session' } & sessionStore.SessionOwner)
  | ({ readonly kind: 'api-key' } & apiKeyStore.KeyOwner)

export interface Callers {
  /** For the HTTP server. @throws Refusal UNAUTHENTICATED or SESSION_EXPIRED for credentials that do not hold */
  authenticate(credentials: Credentials): Promise<Caller>
  /** Who it is, with session or key. */
  identify(credentials: Credentials): Promise<Known | undefined>
  /** Call after everything that changes what somebody may do: forgets them here and in every other process. */
  forget(accountId: string): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const channel = 'identity.changed'
/** Bounds how long a lost message of the fan-out can matter. */
const keptMs = 10_000
const maxKept = 5000
const useNotedMs = minuteMs

export function createCallers(parts: IdentityParts): Callers {
  const { sql, cache, clock, log, roles, settings } = parts
  const kept = new Map<string, { known: Known; untilMs: number }>()
  /** Counts what was forgotten: an answer that was on its way meanwhile is not kept. */
  let forgotten = 0
  let unsubscribe: (() => Promise<void>) | undefined

  function drop(accountId: string): void {
    forgotten += 1
    for (const [name, { known }] of kept) if (known.account.id === accountId) kept.delete(name)
  }

  async function remembered(name: string, load: () => Promise<Known | undefined>): Promise<Known | undefined> {
    const found = kept.get(name)
    if (found && found.untilMs > clock.monotonic()) return found.known
    const before = forgotten
    const known = await load()
    if (!known || before !== forgotten) return known
    kept.delete(name)
    kept.set(name, { known, untilMs: clock.monotonic() + keptMs })
    if (kept.size > maxKept) for (const oldest of kept.keys()) if (kept.delete(oldest)) break
    return known
  }

  const asSession = (owner: sessionStore.SessionOwner | undefined): Known | undefined =>
    owner && { kind: 'session', ...owner }

  async function bySession(name: string, load: () => Promise<sessionStore.SessionOwner | undefined>): Promise<Known> {
    const known = await remembered(name, async () => asSession(await load()))
    const idleMs = (await settings.idleMinutes.get()) * minuteMs
    if (known?.kind !== 'session' || isSessionOver(known.session, idleMs, clock.now()))
      throw new Refusal('SESSION_EXPIRED', 'this session has ended', { remedy: 'sign in again' })
    requireActive(known.account)
    await noteSessionUse(known.session)
    return known
  }

  async function byApiKey(text: ApiKeyText): Promise<Known> {
    const wrong = () => new Refusal('UNAUTHENTICATED', 'this API key is unknown, expired or revoked')
    const known = await remembered(`key ${text.id}`, async () => {
      const owner = await apiKeyStore.withOwner(sql.db, text.id)
      return owner && { kind: 'api-key', ...owner }
    })
    if (known?.kind !== 'api-key' || !sameDigest(known.key.secret_hash, digest(text.secret))) throw wrong()
    if (keyStateOf(known.key, clock.now()) !== 'active') throw wrong()
    requireActive(known.account)
    return known
  }

  async function identify({ headers, cookies, ip }: Credentials): Promise<Known | undefined> {
    const presented = presentedIn(headers)
    switch (presented?.kind) {
      case 'api-key': {
        const known = await byApiKey(presented.key)
        if (known.kind === 'api-key') await noteKeyUse(known.key, ip)
        return known
      }
      case 'access-token': {
        const sessionId = await parts.accessTokens.read(presented.token, clock.now())
        if (sessionId === undefined)
          throw new Refusal('UNAUTHENTICATED', 'this access token does not hold or has run out', {
            remedy: 'exchange the refresh token for a new one',
          })
        return bySession(`session ${sessionId}`, () => sessionStore.byId(sql.db, sessionId))
      }
      case 'unreadable':
        throw new Refusal('UNAUTHENTICATED', 'these credentials are of no kind that is taken here', {
          remedy: 'send `Authorization: Bearer` with an access token or an API key (`wf_…`)',
        })
    }
    const token = cookies[sessionCookie]
    if (token === undefined || token === '') return undefined
    const tokenHash = digest(token)
    return bySession(`cookie ${tokenHash}`, () => sessionStore.byTokenHash(sql.db, tokenHash))
  }

  /** Written at most once a minute; a use that cannot be noted must not stop the call. */
  async function noteSessionUse(session: sessionStore.SessionOwner['session']): Promise<void> {
    const nowMs = clock.now()
    if (nowMs - session.last_seen_ms < useNotedMs) return
    session.last_seen_ms = nowMs
    await sessionStore
      .update(sql.db, session.id, { last_seen_ms: nowMs })
      .catch((error) => log.warn('the use of a session could not be noted', { error: String(error) }))
  }

  async function noteKeyUse(key: apiKeyStore.KeyOwner['key'], ip: string): Promise<void> {
    const nowMs = clock.now()
    if (key.last_used_ms !== null && nowMs - key.last_used_ms < useNotedMs) return
    key.last_used_ms = nowMs
    await apiKeyStore
      .noteUse(sql.db, key.id, nowMs, ip)
      .catch((error) => log.warn('the use of an API key could not be noted', { error: String(error) }))
  }

  async function personCaller(known: Extract<Known, { kind: 'session' }>): Promise<Caller> {
    const { account, session } = known
    const mustDo = mustDoOf(account, await settings.secondFactorRoles.get())
    const actor: Actor = {
      kind: 'user',
      id: account.id,
      name: account.email,
      roles: account.roles,
      permissions: mustDo.length > 0 ? new Set() : roles.permissionsOf(account.roles),
    }
    return { actor, via: session.kind === 'browser' ? 'session' : 'bearer' }
  }

  function keyCaller({ key, account }: Extract<Known, { kind: 'api-key' }>): Caller {
    const owners = roles.permissionsOf(account.roles)
    const permissions = new Set((key.permissions as Permission[]).filter((permission) => owners.has(permission)))
    return { actor: { kind: 'api-key', id: key.id, name: key.name, roles: ['machine'], permissions }, via: 'api-key' }
  }

  const nobody: Caller = {
    actor: { kind: 'system', id: 'nobody', name: 'nobody', roles: [], permissions: new Set() },
    via: 'none',
  }

  return {
    identify,
    async authenticate(credentials) {
      const known = await identify(credentials)
      if (!known) return nobody
      return known.kind === 'session' ? personCaller(known) : keyCaller(known)
    },
    async forget(accountId) {
      drop(accountId)
      await cache.publish(channel, accountId)
    },
    async start() {
      unsubscribe = await cache.subscribe(channel, (accountId) => {
        if (typeof accountId === 'string') drop(accountId)
      })
    },
    async stop() {
      await unsubscribe?.()
    },
  }
}

function requireActive(account: AccountRow): void {
  if (account.state !== 'active') throw new Refusal('UNAUTHENTICATED', 'this account is disabled')
}
