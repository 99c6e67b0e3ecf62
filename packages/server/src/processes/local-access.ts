import { randomBytes, timingSafeEqual } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Actor } from '@watchfloor/contracts/kernel'
import type { Authenticate } from '../platform/http/admission.ts'
import { isLoopback } from '../platform/http/caller-address.ts'
import type { PermissionDeclaration } from '../platform/module/module.ts'

/** What the command line on this machine finds in the data directory. */
export interface LocalServer {
  readonly url: string
  readonly apiKey: string
  readonly pid: number
}

/**
 * Lets the command line of the same machine and user in without a login: a key made at every start, kept in a file that only the
 * owner of the data directory can read, and good from the loopback address alone. Whoever can read that file can read the data.
 */
export async function localAccess(
  dataDir: string,
  permissions: readonly PermissionDeclaration[],
  authenticate: Authenticate,
): Promise<{ authenticate: Authenticate; announce(url: string): Promise<void>; withdraw(): Promise<void> }> {
  const apiKey = `wflocal_${randomBytes(32).toString('base64url')}`
  const expected = Buffer.from(apiKey)
  const file = join(dataDir, 'local.json')
  const actor: Actor = {
    kind: 'api-key',
    id: 'local',
    name: 'local command line',
    roles: ['administrator'],
    permissions: new Set(permissions.map((one) => one.name)),
  }
  return {
    async authenticate(credentials) {
      const given = Buffer.from(headerKey(credentials.headers) ?? '')
      const isOurs = given.byteLength === expected.byteLength && timingSafeEqual(given, expected)
      const direct = credentials.headers['x-forwarded-for'] === undefined && credentials.headers.forwarded === undefined
      if (!isOurs || !direct || !isLoopback(credentials.ip)) return authenticate(credentials)
      return { actor, via: 'api-key' }
    },
    async announce(url) {
      const text = JSON.stringify({ url, apiKey, pid: process.pid } satisfies LocalServer)
      await writeFile(`${file}.new`, text, { mode: 0o600 })
      await rename(`${file}.new`, file)
    },
    withdraw: () => rm(file, { force: true }),
  }
}

function headerKey(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const key = headers['x-api-key']
  if (typeof key === 'string') return key
  const bearer = headers.authorization
  return typeof bearer === 'string' ? /^Bearer (wflocal_.+)$/.exec(bearer)?.[1] : undefined
}
