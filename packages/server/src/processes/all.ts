import { Refusal } from '@watchfloor/contracts/kernel'
import { DirectoryInUse } from '../adapters/embedded/lock/directory-lock.ts'
import { CannotListen } from '../platform/http/server.ts'
import { SchemaMismatch } from '../platform/sql/failures.ts'
import { giveMemoryBack } from '../platform/threads/garbage.ts'
import { ConfigInvalid, type RunningServer, readConfig, serve } from './serve.ts'

/** Runs api, ingest and worker in one process until it is told to stop. The program behind `npm start`. */
async function main(): Promise<void> {
  const startedMs = performance.now()
  let running: RunningServer | undefined
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    process.stderr.write(`\nstopping (${signal}); again to stop at once\n`)
    await running?.stop()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(signal))

  running = await serve(readConfig())
  if (stopping) await running.stop()
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  process.stdout.write(`\n  Watchfloor is at ${running.url}   (started in ${seconds} s)\n`)
  process.stdout.write(`  data in ${running.config.server.dataDir}; Ctrl-C stops\n`)
  if (running.setupLink) process.stdout.write(`\n  First start: make the administrator at\n  ${running.setupLink}\n`)
  process.stdout.write('\n')
  giveMemoryBack()
}

/** What a person can mend is said in words; anything else keeps its stack. */
function explainFailure(error: unknown): string {
  if (error instanceof Refusal) return [error.message, error.remedy].filter(Boolean).join('; ')
  const inWords = [ConfigInvalid, CannotListen, DirectoryInUse, SchemaMismatch]
  if (inWords.some((kind) => error instanceof kind)) return (error as Error).message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

main().catch((error: unknown) => {
  process.stderr.write(`${explainFailure(error)}\n`)
  process.exit(1)
})
