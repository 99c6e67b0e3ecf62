import { type ChildProcess, spawn } from 'node:child_process'

const startMs = 60_000
const stopMs = 20_000

/** A program of ours in a process of its own. */
export interface RunningProgram {
  /** What it printed until it was up. */
  readonly said: string
  /** Ends it as an operator would; kills it when it does not end. */
  stop(): Promise<void>
}

/**
 * Starts a TypeScript file with nothing of our environment but what is needed to run at all.
 * @param isUp whether what it has printed so far says that it is up
 * @throws with what it said, when it ends or does not come up in time
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  isUp: (said: string) => boolean,
): Promise<RunningProgram> {
  const { PATH, HOME, NODE_COMPILE_CACHE, WATCHFLOOR_WEB_ROOT } = process.env
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH, HOME, NODE_COMPILE_CACHE, WATCHFLOOR_WEB_ROOT, WATCHFLOOR_HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    return { said: await saidUntilUp(child, isUp), stop: () => end(child) }
  } catch (error) {
    await end(child)
    throw error
  }
}

function saidUntilUp(child: ChildProcess, isUp: (said: string) => boolean): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}:\n${said}`))
    const timer = setTimeout(() => fail(`the program was not up after ${startMs} ms`), startMs)
    const hear = (part: Buffer) => {
      said += part.toString('utf8')
      if (!isUp(said)) return
      clearTimeout(timer)
      resolve(said)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`the program ended with code ${code}`)
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await ended
  clearTimeout(timer)
}
