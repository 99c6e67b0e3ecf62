import { password as askPassword, text as askText, isCancel } from '@clack/prompts'
import { ApiProblem, createWatchfloorClient, unwrap } from '@watchfloor/client'
import { Command } from 'commander'
import { storedToken } from '../../connection/access-token.ts'
import { clientOf } from '../../connection/connect.ts'
import { connectionFailure } from '../../connection/connection-failure.ts'
import type { StoredLogin } from '../../connection/credentials.ts'
import { findLocalServer } from '../../connection/local-server.ts'
import { serverUrl } from '../../connection/resolve.ts'
import { Failure, usageFailure } from '../../output/failure.ts'
import { printable } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'

interface LoginOptions {
  readonly apiKey?: string
  readonly email?: string
  readonly passwordStdin?: boolean
}

export const loginCommand = (context: CommandContext): Command =>
  new Command('login')
    .description('Log in at a server and keep the login on this machine')
    .argument('[url]', 'the server; the last one when absent')
    .option('--api-key <key>', 'keep this API key instead of asking for e-mail address and password')
    .option('--email <address>', 'the account; asked for when absent')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText(
      'after',
      examples(
        ['login https://watchfloor.example.org', 'asks for e-mail address, password and code'],
        ['login https://watchfloor.example.org --api-key wf_…', 'for programs'],
      ),
    )
    .action(async (url: string | undefined, options: LoginOptions) => login(context, url, options))

async function login(context: CommandContext, given: string | undefined, options: LoginOptions): Promise<void> {
  const url = await serverFor(context, given)
  const stored = options.apiKey
    ? ({ kind: 'api-key', apiKey: options.apiKey } satisfies StoredLogin)
    : await tokenLogin(context, url, options)
  const client = clientOf({ url, login: stored, origin: 'given key' }, context)
  const me = unwrap(await client.GET('/api/v1/me'))
  await context.credentials.save(url, stored)
  const { err } = context.terminal
  err.write(`logged in at ${url} as ${printable(me.name)}\n`)
  if (me.mustDo.length > 0)
    err.write(`before anything else, do this in the browser at ${url}: ${me.mustDo.join(', ').replaceAll('-', ' ')}\n`)
}

async function serverFor(context: CommandContext, given: string | undefined): Promise<string> {
  const local = await findLocalServer(context.environment.dataDir)
  const url = given ?? context.environment.url ?? (await context.credentials.read()).defaultUrl ?? local?.url
  if (url === undefined) throw usageFailure('which server?', 'watchfloor login https://watchfloor.example.org')
  return serverUrl(url)
}

async function tokenLogin(context: CommandContext, url: string, options: LoginOptions): Promise<StoredLogin> {
  const email = options.email ?? (await ask(context, () => askText({ message: `E-mail address at ${url}` })))
  const password = options.passwordStdin
    ? await passwordFromInput()
    : await ask(context, () => askPassword({ message: 'Password' }))
  const client = createWatchfloorClient({
    baseUrl: url,
    headers: { 'user-agent': 'watchfloor-cli' },
    fetch: (input, init) =>
      fetch(input, init).catch((error: unknown) => {
        throw connectionFailure(url, error)
      }),
  })
  const issue = async (code?: string) =>
    unwrap(await client.POST('/api/v1/tokens', { body: { email, password, ...(code ? { code } : {}) } }))
  const pair = await issue().catch(async (error: unknown) => {
    if (!(error instanceof ApiProblem) || error.code !== 'SECOND_FACTOR_REQUIRED') throw error
    return issue(await ask(context, () => askText({ message: 'Code of the authenticator, or a recovery code' })))
  })
  return storedToken(email, pair, Date.now())
}

async function ask(context: CommandContext, prompt: () => Promise<string | symbol>): Promise<string> {
  if (!context.isInteractive)
    throw usageFailure('nobody is at the terminal to answer', 'Give --email with --password-stdin, or --api-key.')
  const answer = await prompt()
  if (isCancel(answer)) throw new Failure('not logged in')
  return String(answer).trim()
}

const longestPasswordBytes = 4096

async function passwordFromInput(): Promise<string> {
  let text = ''
  for await (const part of process.stdin) {
    text += String(part)
    if (text.length > longestPasswordBytes) throw usageFailure('what comes from standard input is no password')
  }
  return text.replace(/\r?\n$/, '')
}
