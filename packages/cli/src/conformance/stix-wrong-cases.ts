import {
  compileStixPattern,
  type Observation,
  type ObservationExpression,
  type ParsedPattern,
  printStixPattern,
} from '@watchfloor/engines/stix-pattern'

/** The longest time for which observations may be apart so that a test may have meant them to be within it, in seconds. */
const LEAST_MORE_SECONDS = 0.000_001

/**
 * A case that expects a match asks for observations of a time from which its data has none: data and pattern are not of the same test. (A fixture
 * that an earlier test of the suite had changed was written down with the later ones.)
 */
export function timesNotInData(
  { expression }: ParsedPattern,
  observations: readonly Observation[],
): string | undefined {
  for (const { start, stop } of intervalsAround(expression)) {
    const [startMs, stopMs] = [Date.parse(start), Date.parse(stop)]
    if (!observations.some(({ firstMs, lastMs }) => firstMs < stopMs && lastMs >= startMs))
      return `it wants observations from ${start} to ${stop}, and its data has none of that time`
  }
  return undefined
}

/** START … STOP that all observations of a match must be in. */
function* intervalsAround(expression: ObservationExpression): Generator<{ start: string; stop: string }> {
  if (expression.kind !== 'qualified') return
  for (const one of expression.qualifiers) if (one.kind === 'between') yield one
  yield* intervalsAround(expression.expression)
}

/** A case that expects a match counts observations as within a time that are exactly so long apart. */
export function spanLimitPassed(pattern: ParsedPattern, observations: readonly Observation[]): string | undefined {
  const longer = compileStixPattern(
    printStixPattern({ ...pattern, expression: widened(pattern.expression) }),
    pattern.version,
  )
  if (!longer.ok || longer.pattern.matchObservations(observations).outcome !== 'match') return undefined
  return 'its observations are exactly as far apart as WITHIN says, and they must be less (STIX 2.1, section 9.5)'
}

function widened(expression: ObservationExpression): ObservationExpression {
  switch (expression.kind) {
    case 'observation':
      return expression
    case 'combined':
      return { ...expression, left: widened(expression.left), right: widened(expression.right) }
    case 'qualified':
      return {
        ...expression,
        expression: widened(expression.expression),
        qualifiers: expression.qualifiers.map((one) =>
          one.kind === 'within' ? { ...one, text: (one.seconds + LEAST_MORE_SECONDS).toFixed(6) } : one,
        ),
      }
  }
}
