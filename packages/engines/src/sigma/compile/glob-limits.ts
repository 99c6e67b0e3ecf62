import { ANY, type Glob, ONE } from './glob.ts'

const MAX_WILDCARDS = 1_000
/** A stretch with `?` in it that may stand anywhere is compared at every place of a value. */
const MAX_FLOATING_ONES = 20
const MAX_FLOATING_CHARS = 500

/** Why a pattern could take too long on a long value; nothing when it cannot. */
export function globProblem(glob: Glob): string | undefined {
  let wildcards = 0
  let ones = 0
  let chars = 0
  for (const token of glob) {
    if (typeof token === 'string') chars += token.length
    else wildcards++
    if (token === ONE) ones++
  }
  if (wildcards > MAX_WILDCARDS) return `holds ${wildcards} wildcards, more than ${MAX_WILDCARDS}`
  if (ones === 0 || !glob.includes(ANY)) return undefined
  if (ones > MAX_FLOATING_ONES) return `holds ${ones} "?" beside "*", more than ${MAX_FLOATING_ONES}`
  if (chars > MAX_FLOATING_CHARS) return `holds "?" and "*" in more than ${MAX_FLOATING_CHARS} characters`
  return undefined
}
