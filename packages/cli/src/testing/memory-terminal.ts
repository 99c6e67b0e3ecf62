import { plain } from '../output/colour.ts'
import type { Terminal } from '../output/terminal.ts'

/** A terminal that keeps what is written; neither of its sides is looked at by a person. */
export function memoryTerminal(): Terminal & { readonly stdout: () => string; readonly stderr: () => string } {
  const written = { out: '', err: '' }
  const writer = (side: 'out' | 'err') => ({
    write(text: string) {
      written[side] += text
    },
    paint: plain,
    isTerminal: false,
    width: undefined,
  })
  return { out: writer('out'), err: writer('err'), stdout: () => written.out, stderr: () => written.err }
}
