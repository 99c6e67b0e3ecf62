import { join } from 'node:path'
import {
  checkStixPattern,
  compileStixPattern,
  type Observation,
  type PatternMatch,
  parseStixPattern,
  readObservations,
} from '@watchfloor/engines/stix-pattern'
import { z } from 'zod'
import { isVerdict, readCase, readCaseFile } from './case-file.ts'
import { spanLimitPassed, timesNotInData } from './stix-wrong-cases.ts'
import type { Verdict } from './suite.ts'

const version = z.enum(['2.0', '2.1'])

const matcherCase = z.object({
  id: z.string(),
  source: z.string(),
  stix_version: version,
  module_version: version,
  pattern: z.string(),
  observations: z.string(),
  expected: z.enum(['match', 'no-match', 'error']),
  error: z.string().optional(),
  expected_matched_sdo_ids: z.array(z.string()).optional(),
  expected_matched_bundles_or_sdos: z.number().optional(),
})
type MatcherCase = z.infer<typeof matcherCase>

const observationsByHash = z.record(z.string(), z.unknown()).catch({})
const validatorCase = z.object({ stix_version: version, group: z.string(), pattern: z.string(), valid: z.boolean() })
type ValidatorCase = z.infer<typeof validatorCase>

/**
 * `matcher.json`: patterns over observed data match, do not, or are an error, with the observations that are named. `validator.json`: patterns
 * are valid or not. Where the specification says otherwise than a case, the case fails and its reason says so.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  yield* matcherVerdicts(join(folder, 'matcher.json'))
  yield* validatorVerdicts(join(folder, 'validator.json'))
}

async function* matcherVerdicts(path: string): AsyncIterable<Verdict> {
  const file = await readCaseFile(path)
  if (file === undefined) return
  if (isVerdict(file)) {
    yield file
    return
  }
  const observations = observationsByHash.parse(file.observations)
  for (const [index, one] of file.cases.entries()) {
    const read = readCase(matcherCase, one, `matcher case ${index}`)
    if ('malformed' in read) yield read.malformed
    else {
      const { id, source, module_version, stix_version, pattern } = read.of
      const name = `matcher ${id} (${source}, ${module_version}/${stix_version}) ${pattern}`
      if (Object.hasOwn(observations, read.of.observations))
        yield { name, ...judgeMatch(read.of, readObservations(observations[read.of.observations]).observations) }
      else yield { name, verdict: 'failed', reason: `there are no observations "${read.of.observations}"` }
    }
  }
}

async function* validatorVerdicts(path: string): AsyncIterable<Verdict> {
  const file = await readCaseFile(path)
  if (file === undefined) return
  if (isVerdict(file)) {
    yield file
    return
  }
  for (const [index, one] of file.cases.entries()) {
    const read = readCase(validatorCase, one, `validator case ${index}`)
    yield 'malformed' in read ? read.malformed : judgeValidity(read.of)
  }
}

function judgeValidity({ stix_version, group, pattern, valid }: ValidatorCase): Verdict {
  const verdict = checkStixPattern(pattern, stix_version)
  const name = `validator ${stix_version} ${group} ${pattern}`
  const codes = verdict.diagnostics.map(({ code }) => code).join(', ')
  if (verdict.valid === valid) return { name, verdict: 'passed', ...(codes === '' ? {} : { reason: codes }) }
  return { name, verdict: 'failed', reason: valid ? `refused: ${codes}` : 'found nothing wrong with it' }
}

function judgeMatch(one: MatcherCase, observations: readonly Observation[]): Omit<Verdict, 'name'> {
  const compiled = compileStixPattern(one.pattern, one.stix_version)
  if (!compiled.ok) {
    const codes = compiled.diagnostics.map(({ code }) => code).join(', ')
    return one.expected === 'error'
      ? { verdict: 'passed', reason: codes }
      : { verdict: 'failed', reason: `expected ${one.expected}, refused: ${codes}` }
  }
  const match = compiled.pattern.matchObservations(observations)
  const got = match.outcome === 'undecided' ? 'error' : match.outcome
  if (got === one.expected) return judgeObservations(one, match)
  const { pattern } = parseStixPattern(one.pattern, one.stix_version)
  const wrong =
    one.expected === 'match' && pattern !== undefined
      ? (timesNotInData(pattern, observations) ?? spanLimitPassed(pattern, observations))
      : undefined
  const more = match.outcome === 'undecided' ? ` (${match.reason})` : ''
  return {
    verdict: 'failed',
    reason: `expected ${one.expected}, got ${got}${more}${wrong === undefined ? '' : `; the case is wrong: ${wrong}`}`,
  }
}

function judgeObservations(one: MatcherCase, match: PatternMatch): Omit<Verdict, 'name'> {
  if (match.outcome !== 'match') return { verdict: 'passed' }
  const ids = match.observations.map(({ id }) => id)
  const expectedIds = one.expected_matched_sdo_ids
  if (expectedIds !== undefined && ids.join() !== expectedIds.join())
    return { verdict: 'failed', reason: `matched ${ids.join(', ')}, expected ${expectedIds.join(', ')}` }
  const count = one.expected_matched_bundles_or_sdos
  if (count !== undefined && ids.length !== count)
    return { verdict: 'failed', reason: `matched ${ids.length} observations, expected ${count}` }
  return { verdict: 'passed' }
}
