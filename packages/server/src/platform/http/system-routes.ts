import { Refusal } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { metricsMediaType } from '../metrics/prometheus.ts'
import type { HealthPart, PermissionDeclaration } from '../module/module.ts'
import { isLoopback } from './caller-address.ts'
import { type OpenApiInfo, openApiDocument } from './openapi.ts'
import { type CallContext, jsonRoute, type Route, rawRoute } from './route.ts'

/** What these routes ask for, to be declared beside the modules' permissions. */
export const systemPermissions: readonly PermissionDeclaration[] = [
  { name: 'system:metrics', title: 'Read the metrics of the server', roles: ['administrator', 'operator', 'machine'] },
]

export interface SystemRouteParts {
  /** All parts of the program, asked anew at every call. */
  readonly health: () => Promise<readonly HealthPart[]>
  readonly metrics: Metrics
  readonly log: Log
  /** Every route that is served, these included; asked when the document is first wanted. */
  readonly routes: () => readonly Route[]
  readonly info: OpenApiInfo
  /** Who may read the metrics: besides holders of `system:metrics`, programs on this machine, or everybody. */
  readonly metricsFor?: 'permission' | 'loopback' | 'everybody'
  /** Parts that have not answered by then count as down. */
  readonly healthTimeoutMs?: number
}

const healthPart = z.object({
  name: z.string(),
  state: z.enum(['up', 'degraded', 'down']),
  message: z.string().optional(),
})
const readiness = z
  .object({
    state: z.enum(['up', 'degraded', 'down']),
    degraded: z.array(z.string()).meta({ description: 'Names of the parts that are not up' }),
    parts: z.array(healthPart),
  })
  .meta({ id: 'Readiness' })

type Readiness = z.infer<typeof readiness>

/** A probe may come every second, from several balancers. */
const probesPerMinute = 6000

function summarise(parts: readonly HealthPart[]): Readiness {
  const troubled = parts.filter(({ state }) => state !== 'up')
  const down = troubled.some(({ state }) => state === 'down')
  const state = down ? 'down' : troubled.length > 0 ? 'degraded' : 'up'
  return { state, degraded: troubled.map(({ name }) => name), parts: [...parts] }
}

async function partsWithin(
  health: SystemRouteParts['health'],
  timeoutMs: number,
  log: Log,
): Promise<readonly HealthPart[]> {
  const failed = (message: string): HealthPart[] => [{ name: 'health', state: 'down', message }]
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<HealthPart[]>((resolve) => {
    timer = setTimeout(() => resolve(failed(`no answer within ${timeoutMs} ms`)), timeoutMs)
  })
  const asked = health().catch((error: unknown) => {
    log.error('the health of the parts could not be asked', { error })
    return failed('asking the parts failed; see the log')
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A proxy on this machine calls from the loopback address on behalf of others. */
const fromThisMachine = ({ ip, headers }: CallContext): boolean =>
  isLoopback(ip) && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined

function requireMetricsReader(context: CallContext, metricsFor: SystemRouteParts['metricsFor']): void {
  if (metricsFor === 'everybody' || context.actor.permissions.has('system:metrics')) return
  if (metricsFor !== 'permission' && fromThisMachine(context)) return
  throw new Refusal(
    'UNAUTHENTICATED',
    'metrics need the permission system:metrics when asked for from another machine',
    {
      remedy: 'send an API key whose roles have it',
    },
  )
}

/** Liveness, readiness, metrics and the OpenAPI document. */
export function systemRoutes(parts: SystemRouteParts): readonly Route[] {
  let document: Record<string, unknown> | undefined
  const getDocument = () => {
    document ??= openApiDocument(parts.routes(), parts.info)
    return document
  }
  return [
    jsonRoute({
      method: 'GET',
      path: '/health/live',
      operationId: 'getLiveness',
      summary: 'Whether the process answers at all',
      permission: 'public',
      tag: 'system',
      rateLimitPerMinute: probesPerMinute,
      output: z.object({ state: z.literal('up') }),
      handle: async () => ({ state: 'up' as const }),
    }),
    rawRoute({
      method: 'GET',
      path: '/health/ready',
      operationId: 'getReadiness',
      summary: 'Whether requests can be served, and which parts are degraded',
      permission: 'public',
      errors: ['NOT_READY'],
      tag: 'system',
      rateLimitPerMinute: probesPerMinute,
      output: readiness,
      async handle() {
        const body = summarise(await partsWithin(parts.health, parts.healthTimeoutMs ?? 5000, parts.log))
        const status = body.state === 'down' ? 503 : 200
        const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
        return { status, headers, body: JSON.stringify(body) }
      },
    }),
    rawRoute({
      method: 'GET',
      path: '/metrics',
      operationId: 'getMetrics',
      summary: 'Metrics for Prometheus',
      permission: 'public',
      errors: ['UNAUTHENTICATED'],
      tag: 'system',
      produces: ['text/plain'],
      async handle(_input, context) {
        requireMetricsReader(context, parts.metricsFor)
        return { status: 200, headers: { 'content-type': metricsMediaType }, body: await parts.metrics.render() }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/openapi.json',
      operationId: 'getOpenApiDocument',
      summary: 'This description of the interface for programs',
      permission: 'self',
      tag: 'system',
      output: z.record(z.string(), z.unknown()),
      handle: async () => getDocument(),
    }),
  ]
}
