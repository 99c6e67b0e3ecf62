import type { sessionView, tokenPair } from '@watchfloor/contracts/identity'
import { Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Tx } from '../../platform/sql/sql.ts'
import * as accountStore from './account-store.ts'
import type { Callers } from './callers.ts'
import { accessTokenSeconds, dayMs, digest, minuteMs } from './model.ts'
import { type IdentityParts, type Origin, personActor, userRef } from './parts.ts'
import * as sessionStore from './session-store.ts'
import type { AccountRow, SessionRow } from './tables.ts'

/** What the browser is given: the cookie's value is known here and there, nowhere else. */
export interface BrowserSession {
  readonly session: SessionRow
  readonly cookie: { readonly value: string; readonly maxAgeSeconds: number }
}

type TokenPair = z.input<typeof tokenPair>

export interface Sessions {
  openBrowser(account: AccountRow, origin: Origin, how: string): Promise<BrowserSession>
  openTokens(account: AccountRow, origin: Origin, how: string): Promise<TokenPair>
  /** The next pair. A refresh token that comes twice ends its session: two parties hold it. @error UNAUTHENTICATED */
  refresh(refreshToken: string, origin: Origin): Promise<TokenPair>
  /** Ends the session that a refresh token belongs to; says nothing when there is none. */
  revokeRefreshToken(refreshToken: string, origin: Origin): Promise<void>
  /** A new cookie value for a session, after its owner proved themselves or their rights changed. */
  rotate(session: SessionRow, authenticated: { authenticatedMs?: number }): Promise<BrowserSession['cookie']>
  list(account: AccountRow, currentId: string): Promise<z.input<typeof sessionView>[]>
  /** @error NOT_FOUND */
  end(account: AccountRow, sessionId: string, origin: Origin): Promise<void>
  endOthers(account: AccountRow, currentId: string, origin: Origin): Promise<number>
}

const tokenBytes = 32
const listed = 200

export function createSessions(parts: IdentityParts, callers: Callers): Sessions {
  const { sql, clock, audit, settings, accessTokens } = parts
  const newToken = () => Buffer.from(parts.randomBytes(tokenBytes)).toString('base64url')

  function newSession(account: AccountRow, origin: Origin, kind: SessionRow['kind'], lifeMs: number): SessionRow {
    const nowMs = clock.now()
    return {
      id: parts.newId(),
      kind,
      account_id: account.id,
      token_hash: null,
      created_ms: nowMs,
      authenticated_ms: nowMs,
      last_seen_ms: nowMs,
      expires_ms: nowMs + lifeMs,
      ip: origin.ip.slice(0, 100),
      user_agent: origin.userAgent.slice(0, 500),
    }
  }

  async function insert(db: Tx, account: AccountRow, session: SessionRow, origin: Origin, how: string): Promise<void> {
    await sessionStore.insert(db, session)
    await accountStore.note(db, account.id, { last_login_ms: session.created_ms })
    await audit.record(db, personActor(account, origin), {
      action: 'identity.login',
      object: userRef(account),
      after: { sessionId: session.id, kind: session.kind, how },
    })
  }

  async function pairOf(session: SessionRow, refreshToken: string): Promise<TokenPair> {
    return {
      tokenType: 'Bearer',
      accessToken: await accessTokens.issue(session.id, session.account_id, clock.now()),
      expiresInSeconds: accessTokenSeconds,
      refreshToken,
      refreshExpiresAt: toInstant(session.expires_ms),
    }
  }

  /** What became of a refresh token, decided in one transaction that also ends the session of a stolen one. */
  async function exchange(refreshToken: string, nextToken: string, origin: Origin) {
    const nowMs = clock.now()
    return sql.tx(async (db) => {
      const taken = await sessionStore.takeRefreshToken(db, digest(refreshToken), nowMs)
      const owner = taken && (await sessionStore.byId(db, taken.sessionId))
      if (!taken || !owner) return { outcome: 'unknown' as const }
      const { account, session } = owner
      if (taken.reused) {
        await sessionStore.end(db, account.id, session.id)
        await audit.record(db, personActor(account, origin), {
          action: 'identity.refresh-reused',
          object: userRef(account),
          before: { sessionId: session.id },
          reason: 'a refresh token came a second time; its session was ended',
        })
        return { outcome: 'reused' as const, account }
      }
      if (session.expires_ms <= nowMs || account.state !== 'active') return { outcome: 'over' as const }
      await sessionStore.addRefreshToken(db, digest(nextToken), session.id, nowMs)
      await sessionStore.update(db, session.id, { last_seen_ms: nowMs })
      return { outcome: 'next' as const, session }
    })
  }

  return {
    async openBrowser(account, origin, how) {
      const value = newToken()
      const lifeMs = (await settings.sessionHours.get()) * 60 * minuteMs
      const session = { ...newSession(account, origin, 'browser', lifeMs), token_hash: digest(value) }
      await sql.tx((db) => insert(db, account, session, origin, how))
      return { session, cookie: { value, maxAgeSeconds: Math.floor(lifeMs / 1000) } }
    },
    async openTokens(account, origin, how) {
      const refreshToken = newToken()
      const session = newSession(account, origin, 'token', (await settings.refreshDays.get()) * dayMs)
      await sql.tx(async (db) => {
        await insert(db, account, session, origin, how)
        await sessionStore.addRefreshToken(db, digest(refreshToken), session.id, session.created_ms)
      })
      return pairOf(session, refreshToken)
    },
    async refresh(refreshToken, origin) {
      const nextToken = newToken()
      const exchanged = await exchange(refreshToken, nextToken, origin)
      if (exchanged.outcome === 'next') return pairOf(exchanged.session, nextToken)
      if (exchanged.outcome === 'reused') await callers.forget(exchanged.account.id)
      throw new Refusal('UNAUTHENTICATED', 'this refresh token does not hold any more', { remedy: 'sign in again' })
    },
    async revokeRefreshToken(refreshToken, origin) {
      const sessionId = await sessionStore.sessionOfRefreshToken(sql.db, digest(refreshToken))
      const owner = sessionId === undefined ? undefined : await sessionStore.byId(sql.db, sessionId)
      if (owner) await end(owner.account, owner.session.id, origin)
    },
    async rotate(session, { authenticatedMs }) {
      const value = newToken()
      await sessionStore.update(sql.db, session.id, {
        token_hash: digest(value),
        ...(authenticatedMs === undefined ? {} : { authenticated_ms: authenticatedMs }),
      })
      await callers.forget(session.account_id)
      return { value, maxAgeSeconds: Math.max(0, Math.floor((session.expires_ms - clock.now()) / 1000)) }
    },
    async list(account, currentId) {
      const sessions = await sessionStore.ofAccount(sql.db, account.id, clock.now(), listed)
      return sessions.map((session) => viewOf(session, currentId))
    },
    end,
    async endOthers(account, currentId, origin) {
      const ended = await sql.tx(async (db) => {
        const count = await sessionStore.endAll(db, account.id, { sessionId: currentId })
        if (count > 0)
          await audit.record(db, personActor(account, origin), {
            action: 'identity.end-sessions',
            object: userRef(account),
            count,
          })
        return count
      })
      await callers.forget(account.id)
      return ended
    },
  }

  async function end(account: AccountRow, sessionId: string, origin: Origin): Promise<void> {
    await sql.tx(async (db) => {
      if (!(await sessionStore.end(db, account.id, sessionId)))
        throw new Refusal('NOT_FOUND', 'you have no such session')
      await audit.record(db, personActor(account, origin), {
        action: 'identity.end-session',
        object: userRef(account),
        before: { sessionId },
      })
    })
    await callers.forget(account.id)
  }
}

const viewOf = (session: SessionRow, currentId: string): z.input<typeof sessionView> => ({
  id: session.id,
  kind: session.kind,
  current: session.id === currentId,
  ip: session.ip,
  userAgent: session.user_agent,
  createdAt: toInstant(session.created_ms),
  lastSeenAt: toInstant(session.last_seen_ms),
  expiresAt: toInstant(session.expires_ms),
})
