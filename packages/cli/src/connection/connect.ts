import { createWatchfloorClient, type WatchfloorClient } from '@watchfloor/client'
import { AccessToken } from './access-token.ts'
import { connectionFailure } from './connection-failure.ts'
import { LocalKey } from './local-key.ts'
import { type ConnectionOptions, resolveTarget, type Surroundings, type Target } from './resolve.ts'

export interface Connection {
  readonly client: WatchfloorClient
  readonly target: Target
}

/** A client of the server that the options, the environment, a login or this machine name. @throws Failure */
export async function connect(options: ConnectionOptions, surroundings: Surroundings): Promise<Connection> {
  const target = await resolveTarget(options, surroundings)
  return { target, client: clientOf(target, surroundings) }
}

export function clientOf(target: Target, surroundings: Surroundings): WatchfloorClient {
  const { url } = target
  const send = senderFor(target, surroundings)
  return createWatchfloorClient({
    baseUrl: url,
    headers: { 'user-agent': 'watchfloor-cli' },
    async fetch(input, init) {
      try {
        return await send(input instanceof Request && init === undefined ? input : new Request(input, init))
      } catch (error) {
        throw connectionFailure(url, error)
      }
    },
  })
}

/** Adds to each request what shows who sends it. */
function senderFor(
  { url, login, origin }: Target,
  { environment, credentials }: Surroundings,
): (request: Request) => Promise<Response> {
  if (login.kind === 'token') {
    const token = new AccessToken({ url, login, credentials })
    return async (request) => {
      request.headers.set('authorization', `Bearer ${await token.get()}`)
      return fetch(request)
    }
  }
  if (origin === 'local server') {
    const key = new LocalKey(environment.dataDir, login.apiKey)
    return (request) => key.fetch(request)
  }
  return (request) => {
    request.headers.set('authorization', `Bearer ${login.apiKey}`)
    return fetch(request)
  }
}
