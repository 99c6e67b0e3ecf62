import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The root of the clone. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs a program on our terminal. @returns its exit code; 128 + n after signal n */
export function runHere(command: string, args: readonly string[], options: ProgramOptions = {}): Promise<number> {
  return run(command, args, options, 'inherit').then((end) => end.code)
}

/** Runs a program and keeps what it prints, both streams in one text. */
export function runQuietly(command: string, args: readonly string[], options: ProgramOptions = {}) {
  return run(command, args, options, 'pipe')
}

function run(command: string, args: readonly string[], options: ProgramOptions, stdio: 'inherit' | 'pipe') {
  return new Promise<{ code: number; text: string }>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ['inherit', stdio, stdio],
    })
    const parts: Buffer[] = []
    child.stdout?.on('data', (part: Buffer) => parts.push(part))
    child.stderr?.on('data', (part: Buffer) => parts.push(part))
    const pass = (signal: NodeJS.Signals) => child.kill(signal)
    for (const signal of passedOn) process.on(signal, pass)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const name of passedOn) process.off(name, pass)
      resolve({ code: code ?? (signal ? 130 : 1), text: Buffer.concat(parts).toString('utf8') })
    })
  })
}
