import { join } from 'node:path'
import { openYara, type Yara, YaraCrashed, YaraTimeout } from '@watchfloor/server/processes/yara'
import { z } from 'zod'
import { judgeCases } from './case-file.ts'
import type { Verdict } from './suite.ts'

const vector = z.object({
  id: z.string(),
  test: z.string(),
  rule: z.string(),
  data_base64: z.string(),
  expect_match: z.boolean(),
  first_match_base64: z.string().optional(),
  modules: z.array(z.string()).optional(),
})
type Vector = z.output<typeof vector>

/** Each rule matches its data, or does not, as expected; the first string that matched has the bytes that were expected. */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const yara = openYara({ size: 1 })
  try {
    yield* judgeCases(join(folder, 'yara_x_end_to_end.json'), vector, (one) => verdictOn(yara, one))
  } finally {
    await yara.close()
  }
}

async function verdictOn(yara: Yara, one: Vector): Promise<Verdict> {
  const name = `${one.test}/${one.id}`
  const modules = (one.modules ?? []).filter((module) => module.startsWith('test_proto'))
  if (modules.length === 0) return { name, ...(await judge(yara, one)) }
  const reason = `needs ${modules.join(', ')}, which only the engine's own test build has`
  return { name, verdict: 'skipped', reason }
}

async function judge(yara: Yara, one: Vector): Promise<Omit<Verdict, 'name'>> {
  const failed = (reason: string): Omit<Verdict, 'name'> => ({ verdict: 'failed', reason })
  try {
    // Some conditions name a module without the import, which the vectors leave out.
    const imports = (one.modules ?? []).map((module) => `import "${module}" `).join('')
    const set = await yara.load([{ path: 'vector.yar', text: imports + one.rule }])
    const error = set.diagnostics.find(({ level }) => level === 'error')
    if (error) return failed(`${error.code} ${error.line}:${error.column} ${error.message}`)
    const bytes = Buffer.from(one.data_base64, 'base64')
    const matches = await yara.scan({ bytes }, {}, { bytesPerString: 1_000_000, timeoutMs: 20_000 })
    const isMatch = matches.length > 0
    if (isMatch !== one.expect_match)
      return failed(`expected ${one.expect_match ? 'a match' : 'no match'}: ${one.rule}`)
    if (one.first_match_base64 === undefined) return { verdict: 'passed' }
    const first = Buffer.from(matches[0]?.strings[0]?.bytes ?? [])
    const wanted = Buffer.from(one.first_match_base64, 'base64')
    if (first.equals(wanted)) return { verdict: 'passed' }
    return failed(`first match is ${first.toString('latin1')}, not ${wanted.toString('latin1')}: ${one.rule}`)
  } catch (error) {
    if (error instanceof YaraTimeout || error instanceof YaraCrashed) return failed(error.message)
    throw error
  }
}
