import type { Environment } from '../config/environment.ts'
import { Failure, usageFailure } from '../output/failure.ts'
import type { CredentialStore, StoredLogin } from './credentials.ts'
import { findLocalServer } from './local-server.ts'

/** `--url` and `--api-key` of a command. */
export interface ConnectionOptions {
  readonly url?: string
  readonly apiKey?: string
}

export interface Target {
  /** Without a slash at the end. */
  readonly url: string
  readonly login: StoredLogin
  /** Where the login came from, for `whoami` and messages. */
  readonly origin: 'given key' | 'stored login' | 'local server'
}

export interface Surroundings {
  readonly environment: Environment
  readonly credentials: CredentialStore
}

/**
 * Which server to talk to, and as whom: what was given, else the stored login, else the server of this machine.
 * @throws Failure when nothing says where or as whom
 */
export async function resolveTarget(options: ConnectionOptions, surroundings: Surroundings): Promise<Target> {
  const { environment, credentials } = surroundings
  const givenUrl = options.url ?? environment.url
  const givenKey = options.apiKey ?? environment.apiKey
  const local = await findLocalServer(environment.dataDir)
  const localUrl = local && serverUrl(local.url)
  if (givenKey !== undefined) {
    const url = givenUrl ?? (await credentials.read()).defaultUrl ?? localUrl
    if (url === undefined) throw nowhere()
    return { url: serverUrl(url), login: { kind: 'api-key', apiKey: givenKey }, origin: 'given key' }
  }
  const { defaultUrl, logins } = await credentials.read()
  const url = givenUrl === undefined ? defaultUrl : serverUrl(givenUrl)
  const stored = url !== undefined && Object.hasOwn(logins, url) ? logins[url] : undefined
  if (url !== undefined && stored) return { url, login: stored, origin: 'stored login' }
  if (local && localUrl && (url === undefined || url === localUrl))
    return { url: localUrl, login: { kind: 'api-key', apiKey: local.apiKey }, origin: 'local server' }
  if (url !== undefined)
    throw new Failure(`there is no login for ${url}`, {
      remedy: `Run: watchfloor login ${url}   (or give --api-key or WATCHFLOOR_API_KEY)`,
    })
  throw nowhere()
}

const nowhere = (): Failure =>
  new Failure('no server runs on this machine, and there is no login for another one', {
    remedy: 'Start one with: npm start   (or: watchfloor login https://watchfloor.example.org)',
  })

/** A server's address as it is kept: scheme and host, with the path of a proxy, without a slash at the end. @throws Failure */
export function serverUrl(text: string): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw usageFailure(
      `${JSON.stringify(text)} is no address of a server`,
      'It looks like https://watchfloor.example.org',
    )
  if (url.username !== '' || url.password !== '')
    throw usageFailure('an address must not carry a password', 'Use: watchfloor login')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}
