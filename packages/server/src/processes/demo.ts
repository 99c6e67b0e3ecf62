import { Refusal } from '@watchfloor/contracts/kernel'
import { processEnvironment } from '../platform/config/config.ts'
import { DemoFloor } from './demo/floor.ts'
import { type DemoOptions, DemoUsage, demoUsage, readDemoOptions } from './demo/options.ts'
import { isFree, makeDirectory, makePassword } from './demo/place.ts'
import { playLive } from './demo/play-live.ts'
import { runThrough, sendDay } from './demo/run-through.ts'
import { ConfigInvalid, type RunningServer, readConfig, type ServeConfig, serve } from './serve.ts'

const adminEmail = 'admin@example.com'

/** The caller's settings of host and port, and everything else the demo's own. */
function demoConfig(dataDir: string, adminPassword: string): ServeConfig {
  const env = processEnvironment()
  return readConfig({
    ...env,
    WATCHFLOOR_DATA_DIR: dataDir,
    WATCHFLOOR_ADMIN_EMAIL: adminEmail,
    WATCHFLOOR_ADMIN_PASSWORD: adminPassword,
    WATCHFLOOR_LOG_LEVEL: env.WATCHFLOOR_LOG_LEVEL ?? 'warn',
    WATCHFLOOR_CONFIG: undefined,
    WATCHFLOOR_MASTER_KEY: undefined,
    DATABASE_URL: undefined,
  })
}

const onPort = (config: ServeConfig, port: number): ServeConfig => ({ ...config, server: { ...config.server, port } })

const say = (text: string): void => void process.stderr.write(`${text}\n`)

async function start(config: ServeConfig, options: DemoOptions): Promise<RunningServer> {
  if (options.exit) return serve(onPort(config, 0))
  const { host, port } = config.server
  if (port === 0 || (await isFree(host, port))) return serve(config)
  say(`Port ${port} is taken; the demo takes a free one.`)
  return serve(onPort(config, 0))
}

/** @returns the exit code */
async function runOnce(floor: DemoFloor, options: DemoOptions): Promise<number> {
  const rules = await floor.loadRules()
  const { result, faults } = await runThrough(floor, { seed: options.seed, nowMs: Date.now(), rules })
  process.stdout.write(`${JSON.stringify(result)}\n`)
  for (const fault of faults) say(`the demo failed: ${fault}`)
  return faults.length === 0 ? 0 : 1
}

function introduce(url: string, password: string): void {
  say(`
  Watchfloor is at   ${url}
  user               ${adminEmail}
  password           ${password}

  Open Alerts and Overview and watch: a day at a small company, then an intrusion into it, from a mail to stolen data.
`)
}

async function runLive(floor: DemoFloor, options: DemoOptions, signal: AbortSignal): Promise<void> {
  const rules = await floor.loadRules()
  say(`${rules} rules run. Sending the day so far …`)
  await sendDay(floor, { seed: options.seed, nowMs: Date.now(), intrusion: false, signal })
  if (signal.aborted) return
  const { alerts } = await floor.settled()
  say(`${floor.feed.sent} events, ${alerts.length} alerts, as on any day. The intrusion begins.\n`)
  await playLive(floor, { ...options, signal, now: () => Date.now(), tell: say })
}

/** @returns the exit code */
async function main(): Promise<number> {
  const options = readDemoOptions(process.argv.slice(2))
  if (!options) {
    process.stdout.write(demoUsage)
    return 0
  }
  const directory = await makeDirectory(options.keep)
  process.on('exit', () => directory.clear())
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      // The second time, or when there is nothing to bring to an end in order.
      if (stopping.signal.aborted || options.exit) process.exit(1)
      say('\nstopping; again to stop at once')
      stopping.abort()
    })
  const password = makePassword()
  const running = await start(demoConfig(directory.path, password), options)
  try {
    const floor = new DemoFloor(running)
    if (options.exit) return await runOnce(floor, options)
    introduce(running.url, password)
    await runLive(floor, options, stopping.signal)
    return 0
  } finally {
    await running.stop()
    if (options.keep !== undefined) say(`The data stays in ${directory.path}`)
  }
}

/** What a person can mend is said in words; anything else keeps its stack. */
function explainFailure(error: unknown): string {
  if (error instanceof Refusal) return [error.message, error.remedy].filter(Boolean).join('; ')
  if (error instanceof ConfigInvalid || error instanceof DemoUsage) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(explainFailure(error))
    process.exit(1)
  },
)
