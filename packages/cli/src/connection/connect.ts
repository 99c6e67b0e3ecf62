import { createWatchfloorClient, type WatchfloorClient } from '@watchfloor/client'
import { AccessToken } from './access-token.ts'
import { connectionFailure } from './connection-failure.ts'
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
  const { url, login } = target
  const tokens =
    login.kind === 'token' ? new AccessToken({ url, login, credentials: surroundings.credentials }) : undefined
  return createWatchfloorClient({
    baseUrl: url,
    headers: { 'user-agent': 'watchfloor-cli' },
    ...(login.kind === 'api-key' ? { apiKey: login.apiKey } : {}),
    async fetch(input, init) {
      const request = input instanceof Request && init === undefined ? input : new Request(input, init)
      if (tokens) request.headers.set('authorization', `Bearer ${await tokens.get()}`)
      try {
        return await fetch(request)
      } catch (error) {
        throw connectionFailure(url, error)
      }
    },
  })
}
