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
import { judgeCases } from './case-file.ts'
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

const validatorCase = z.object({ stix_version: version, group: z.string(), pattern: z.string(), valid: z.boolean() })
type ValidatorCase = z.infer<typeof validatorCase>

/**
 * `matcher.json`: patterns over observed data match, do not, or are an error, with the observations that are named. `validator.json`: patterns
 * are valid or not. Where the specification says otherwise than a case, the case fails and its reason says so.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  yield* judgeCases(join(folder, 'matcher.json'), matcherCase, (one, { file }) => {
    const { id, source, module_version, stix_version, pattern } = one
    const name = `matcher ${id} (${source}, ${module_version}/${stix_version}) ${pattern}`
    const observations = observationsOf(file)
    if (!Object.hasOwn(observations, one.observations))
      return { name, verdict: 'failed', reason: `there are no observations "${one.observations}"` }
    return { name, ...judgeMatch(one, readObservations(observations[one.observations]).observations) }
  })
  yield* judgeCases(join(folder, 'validator.json'), validatorCase, judgeValidity)
}

const observationsOf = (file: object): Readonly<Record<string, unknown>> =>
  'observations' in file && typeof file.observations === 'object' ? { ...file.observations } : {}

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
