import { instant, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { jsonRoute, type Route } from '../http/route.ts'
import type { PermissionDeclaration } from '../module/module.ts'
import type { Jobs, JobView } from './jobs.ts'

export const jobPermissions: readonly PermissionDeclaration[] = [
  { name: 'jobs:read', title: 'See background work', roles: ['administrator', 'operator'] },
  { name: 'jobs:write', title: 'Cancel and retry background work', roles: ['administrator', 'operator'] },
]

const states = ['waiting', 'running', 'done', 'retrying', 'dead'] as const
const jobView = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(states),
    createdAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    /** 0 to 1. */
    progress: z.number(),
    message: z.string().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Job' })

const viewOf = (job: JobView): z.infer<typeof jobView> => ({
  id: job.id,
  name: job.name,
  state: job.state,
  createdAt: toInstant(job.createdMs),
  startedAt: job.startedMs === undefined ? null : toInstant(job.startedMs),
  endedAt: job.endedMs === undefined ? null : toInstant(job.endedMs),
  progress: job.progress,
  message: job.message ?? null,
  error: job.error ?? null,
})

const params = z.object({ jobId: z.uuid() })

/** Background work: what runs, what failed for good, and a second chance for it. */
export const jobRoutes = (jobs: Jobs): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/jobs',
    operationId: 'listJobs',
    summary: 'Background work, newest first',
    permission: 'jobs:read',
    tag: 'jobs',
    query: z.object({
      name: z.string().max(120).optional(),
      state: z.enum(states).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    output: z.object({ items: z.array(jobView) }),
    handle: async ({ query: { name, state, limit } }) => ({
      items: (await jobs.list({ ...(name ? { name } : {}), ...(state ? { state } : {}), limit })).map(viewOf),
    }),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/jobs/{jobId}',
    operationId: 'getJob',
    summary: 'One piece of background work',
    permission: 'jobs:read',
    tag: 'jobs',
    params,
    output: jobView,
    errors: ['NOT_FOUND'],
    async handle({ params: { jobId } }) {
      const job = await jobs.get(jobId)
      if (!job) throw new Refusal('NOT_FOUND', `there is no job ${jobId}`)
      return viewOf(job)
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/jobs/{jobId}/cancel',
    operationId: 'cancelJob',
    summary: 'Stop background work',
    permission: 'jobs:write',
    tag: 'jobs',
    params,
    handle: ({ params: { jobId } }) => jobs.cancel(jobId),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/jobs/{jobId}/retry',
    operationId: 'retryJob',
    summary: 'Try work again that had failed for good',
    permission: 'jobs:write',
    tag: 'jobs',
    params,
    handle: ({ params: { jobId } }) => jobs.retry(jobId),
  }),
]
