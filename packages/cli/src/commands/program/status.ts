import { ApiProblem } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { exitCodes } from '../../output/failure.ts'
import { type Column, printList } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface HealthPart {
  readonly name: string
  readonly state: 'up' | 'degraded' | 'down'
  readonly message?: string | undefined
}

const colours = { up: 'green', degraded: 'yellow', down: 'red' } as const

const columns: Column<HealthPart>[] = [
  { title: 'part', value: (part) => part.name },
  { title: 'state', value: (part) => part.state, show: ({ state }, paint) => paint(colours[state], state) },
  { title: 'message', value: (part) => part.message },
]

interface Readiness {
  readonly state: HealthPart['state']
  readonly parts: readonly HealthPart[]
}

const isReadiness = (body: unknown): body is Readiness => typeof body === 'object' && body !== null && 'parts' in body

export const statusCommand = (context: CommandContext) =>
  serverCommand('status', 'How the server and its parts are')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `${examples(['status', ''])}\n\nEnds with 1 when a part is down.`)
    .action(async (options: ConnectionOptions & { json?: boolean }) => {
      const { client, target } = await context.connect(options)
      const { data, error, response } = await client.GET('/health/ready')
      // A server that is not ready says so with 503 and the same body.
      const body: unknown = data ?? error
      if (!isReadiness(body)) throw new ApiProblem(response, body)
      const { out, err } = context.terminal
      if (options.json) out.write(`${JSON.stringify({ server: target.url, ...body })}\n`)
      else {
        err.write(`${target.url} is ${err.paint(colours[body.state], body.state)}\n`)
        await printList(context.terminal, {}, columns, body.parts)
      }
      if (body.state === 'down') process.exitCode = exitCodes.failed
    })
