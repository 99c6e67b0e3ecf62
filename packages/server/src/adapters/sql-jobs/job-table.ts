import { sql } from 'kysely'
import type { JobView } from '../../platform/jobs/jobs.ts'
import type { Db } from '../../platform/sql/sql.ts'
import { schema } from './boss.ts'

/** The one file that reads pg-boss's table by itself; it has no call for these questions. */
const job = sql.table(`${schema}.job`)

/** Of these queues the ones that have a job to be started now. One probe of an index for each, however long they are. */
export async function dueQueues(db: Db, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return []
  const { rows } = await sql<{ name: string }>`
    SELECT queue.name FROM unnest(${[...names]}::text[]) AS queue (name)
    WHERE EXISTS (SELECT FROM ${job} AS job
      WHERE job.name = queue.name AND job.state < 'active' AND NOT job.blocked AND job.start_after <= now())`.execute(
    db,
  )
  return rows.map((row) => row.name)
}

/** The job with the key that waits or runs. */
export async function findByKey(db: Db, name: string, key: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM ${job} WHERE name = ${name} AND singleton_key = ${key} AND state <= 'active' LIMIT 1`.execute(db)
  return rows[0]?.id
}

export interface RunningJob {
  readonly name: string
  readonly id: string
}

/** Jobs that are marked as running: on an embedded database that has just been opened, those that a crash cut short. */
export async function runningJobs(db: Db): Promise<RunningJob[]> {
  const { rows } = await sql<RunningJob>`
    SELECT name, id FROM ${job} WHERE state = 'active' AND name NOT LIKE '\\_\\_pgboss%'`.execute(db)
  return rows
}

/** Of these the ones that somebody cancelled. */
export async function cancelledAmong(db: Db, jobs: readonly RunningJob[]): Promise<string[]> {
  if (jobs.length === 0) return []
  const names = [...new Set(jobs.map((running) => running.name))]
  const ids = jobs.map((running) => running.id)
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM ${job} WHERE name = ANY(${names}::text[]) AND id = ANY(${ids}::uuid[]) AND state = 'cancelled'`.execute(
    db,
  )
  return rows.map((row) => row.id)
}

/** Puts a running job back as if it had not been started: the program stops, which is not the job's fault. */
export async function putBack(db: Db, running: RunningJob): Promise<void> {
  await sql`UPDATE ${job} SET state = 'created', started_on = NULL, heartbeat_on = NULL, start_after = now()
    WHERE name = ${running.name} AND id = ${running.id}::uuid AND state = 'active'`.execute(db)
}

interface ViewRow {
  id: string
  name: string
  state: 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed'
  created_on: Date
  started_on: Date | null
  completed_on: Date | null
  output: { message?: unknown; value?: unknown } | null
  done: number | null
  message: string | null
}

const states = {
  created: 'waiting',
  retry: 'retrying',
  active: 'running',
  completed: 'done',
  cancelled: 'dead',
  failed: 'dead',
} as const satisfies Record<ViewRow['state'], JobView['state']>

const pgBossStates = (state: JobView['state']): string[] =>
  Object.entries(states).flatMap(([theirs, ours]) => (ours === state ? [theirs] : []))

/** @param names the queues to look into, because the table's index begins with them */
export async function readViews(
  db: Db,
  filter: { names: readonly string[]; id?: string; state?: JobView['state']; limit: number },
): Promise<JobView[]> {
  const byId = filter.id === undefined ? sql`true` : sql`job.id = ${filter.id}::uuid`
  const byState =
    filter.state === undefined
      ? sql`true`
      : sql`job.state = ANY(${pgBossStates(filter.state)}::${sql.table(`${schema}.job_state`)}[])`
  const { rows } = await sql<ViewRow>`
    SELECT job.id, job.name, job.state, job.created_on, job.started_on, job.completed_on, job.output, progress.done, progress.message
    FROM ${job} AS job LEFT JOIN job_progress AS progress ON progress.job_id = job.id
    WHERE job.name = ANY(${[...filter.names]}::text[]) AND ${byId} AND ${byState}
    ORDER BY job.created_on DESC, job.id LIMIT ${filter.limit}`.execute(db)
  return rows.map(toView)
}

function toView(row: ViewRow): JobView {
  const state = states[row.state]
  const hasError = state === 'dead' || state === 'retrying'
  const error = row.state === 'cancelled' ? 'cancelled' : String(row.output?.message ?? 'unknown')
  return {
    id: row.id,
    name: row.name,
    state,
    createdMs: row.created_on.getTime(),
    progress: state === 'done' ? 1 : (row.done ?? 0),
    ...(row.started_on === null ? {} : { startedMs: row.started_on.getTime() }),
    ...(row.completed_on === null ? {} : { endedMs: row.completed_on.getTime() }),
    ...(row.message === null ? {} : { message: row.message }),
    ...(hasError ? { error } : {}),
    ...(state === 'done' && row.output !== null ? { output: row.output.value } : {}),
  }
}

export async function writeProgress(db: Db, id: string, done: number, message: string | undefined): Promise<void> {
  await sql`INSERT INTO job_progress (job_id, done, message) VALUES (${id}::uuid, ${done}::real, ${message ?? null})
    ON CONFLICT (job_id) DO UPDATE SET done = excluded.done, message = excluded.message, updated_at = now()`.execute(db)
}

/** Progress of jobs that pg-boss has deleted meanwhile. */
export async function deleteOldProgress(db: Db, days: number): Promise<void> {
  await sql`DELETE FROM job_progress WHERE updated_at < now() - ${days}::int * interval '1 day'`.execute(db)
}
