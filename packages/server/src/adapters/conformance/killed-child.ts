import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/**
 * Runs a TypeScript file in a process of its own and kills it (SIGKILL) once it has printed `lines` lines.
 * Answers every line that arrived, those that came while it was dying included.
 */
export function killedAfter(file: URL, args: readonly string[], lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(file), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const printed: string[] = []
    let complaint = ''
    child.stderr.on('data', (chunk) => {
      complaint += chunk
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed.push(line)
      if (printed.length === lines) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(printed)
      else reject(new Error(`the child ended by itself with ${code ?? signal}: ${complaint.slice(0, 2_000)}`))
    })
  })
}
