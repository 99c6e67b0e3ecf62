import { Refusal } from '@watchfloor/contracts/kernel'
import { callerNetwork } from '../../platform/http/caller-address.ts'
import * as attemptStore from './attempt-store.ts'
import { afterFailure, digest, minuteMs, withoutFailure } from './model.ts'
import type { IdentityParts } from './parts.ts'

/** One counted try at somebody's password. */
export interface Try {
  /** It was right: everything is forgotten. */
  succeeded(): Promise<void>
  /** It was no failure, but no success either: it does not count. */
  withdrawn(): Promise<void>
}

/** Slows down who guesses: by network address through the cache, by account in SQL, known or not. */
export interface Guard {
  /** @error RATE_LIMITED */
  takeTurn(ip: string): Promise<void>
  /** Counts a failure before the password is looked at, so that tries at once are all counted. @error ACCOUNT_LOCKED */
  begin(emailKey: string): Promise<Try>
  lockedUntil(emailKeys: readonly string[]): Promise<Map<string, number>>
  unlock(emailKey: string): Promise<void>
}

export function createGuard({ sql, cache, clock, config }: IdentityParts): Guard {
  const subjectOf = (emailKey: string) => digest(`login ${emailKey}`)

  return {
    async takeTurn(ip) {
      const turn = await cache.take(`identity:attempts:${callerNetwork(ip)}`, config.attemptsPerMinute, minuteMs)
      if (turn.allowed) return
      throw new Refusal('RATE_LIMITED', 'too many tries from this address', {
        remedy: 'wait a little',
        retryAfterSeconds: Math.ceil(turn.retryAfterMs / 1000),
      })
    },
    async begin(emailKey) {
      const subject = subjectOf(emailKey)
      const nowMs = clock.now()
      const lockedMs = await sql.tx(async (db) => {
        const attempts = await attemptStore.lock(db, subject)
        if (attempts.lockedUntilMs > nowMs) return attempts.lockedUntilMs - nowMs
        await attemptStore.save(db, subject, afterFailure(attempts, config.freeFailures, nowMs))
        return 0
      })
      if (lockedMs > 0)
        throw new Refusal('ACCOUNT_LOCKED', 'too many wrong passwords for this address', {
          remedy: 'wait, or ask an administrator to unlock the account',
          retryAfterSeconds: Math.ceil(lockedMs / 1000),
        })
      return {
        succeeded: () => sql.tx((db) => attemptStore.clear(db, subject)),
        withdrawn: () =>
          sql.tx(async (db) => {
            const attempts = await attemptStore.lock(db, subject)
            await attemptStore.save(db, subject, withoutFailure(attempts, config.freeFailures))
          }),
      }
    },
    async lockedUntil(emailKeys) {
      const subjects = new Map(emailKeys.map((emailKey) => [subjectOf(emailKey), emailKey]))
      const locked = await attemptStore.locked(sql.db, [...subjects.keys()], clock.now())
      return new Map([...locked].map(([subject, untilMs]) => [subjects.get(subject) ?? '', untilMs]))
    },
    unlock: (emailKey) => sql.tx((db) => attemptStore.clear(db, subjectOf(emailKey))),
  }
}
