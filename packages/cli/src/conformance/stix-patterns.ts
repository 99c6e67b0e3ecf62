import { readFile } from 'node:fs/promises'
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

const matcherFile = z.object({
  observations: z.record(z.string(), z.array(z.unknown())),
  cases: z.array(matcherCase),
})
const validatorFile = z.object({
  cases: z.array(z.object({ stix_version: version, group: z.string(), pattern: z.string(), valid: z.boolean() })),
})

/**
 * `matcher.json`: patterns over observed data match, do not, or are an error, with the observations that are named. `validator.json`: patterns
 * are valid or not. Where the specification says otherwise than a case, the case fails and its reason says so.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const matcher = matcherFile.parse(JSON.parse(await readFile(join(folder, 'matcher.json'), 'utf8')))
  for (const one of matcher.cases) {
    const observations = readObservations(matcher.observations[one.observations] ?? []).observations
    const name = `matcher ${one.id} (${one.source}, ${one.module_version}/${one.stix_version}) ${one.pattern}`
    yield { name, ...judgeMatch(one, observations) }
  }
  const validator = validatorFile.parse(JSON.parse(await readFile(join(folder, 'validator.json'), 'utf8')))
  for (const { stix_version, group, pattern, valid } of validator.cases) {
    const verdict = checkStixPattern(pattern, stix_version)
    const name = `validator ${stix_version} ${group} ${pattern}`
    const codes = verdict.diagnostics.map(({ code }) => code).join(', ')
    if (verdict.valid === valid) yield { name, verdict: 'passed', ...(codes === '' ? {} : { reason: codes }) }
    else yield { name, verdict: 'failed', reason: valid ? `refused: ${codes}` : 'found nothing wrong with it' }
  }
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
