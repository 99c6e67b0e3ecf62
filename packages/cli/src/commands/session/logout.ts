import { createWatchfloorClient } from '@watchfloor/client'
import { Command } from 'commander'
import { serverUrl } from '../../connection/resolve.ts'
import { Failure } from '../../output/failure.ts'
import { type CommandContext, examples } from '../context.ts'

export const logoutCommand = (context: CommandContext): Command =>
  new Command('logout')
    .description('End the login that is kept on this machine')
    .argument('[url]', 'the server; the last one when absent')
    .addHelpText('after', examples(['logout', '']))
    .action(async (given: string | undefined) => {
      const { defaultUrl } = await context.credentials.read()
      const chosen = given ?? context.environment.url ?? defaultUrl
      const url = chosen === undefined ? undefined : serverUrl(chosen)
      const login = url === undefined ? undefined : await context.credentials.find(url)
      if (url === undefined || !login) throw new Failure(`there is no login${url === undefined ? '' : ` for ${url}`}`)
      const { err } = context.terminal
      if (login.kind === 'token') {
        const ended = await createWatchfloorClient({ baseUrl: url })
          .POST('/api/v1/tokens/revoke', { body: { refreshToken: login.refreshToken } })
          .then(({ response }) => response.ok)
          .catch(() => false)
        if (!ended) err.write(`${url} could not be told; the session there ends by itself\n`)
      }
      await context.credentials.remove(url)
      err.write(`logged out of ${url}\n`)
    })
