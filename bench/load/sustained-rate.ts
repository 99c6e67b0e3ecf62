export interface TriedRate {
  readonly eventsPerSecond: number
  readonly isHeld: boolean
}

/**
 * The highest rate that is held, by halving; every try is told.
 * @param firstRate where to begin; the nearer to the answer, the finer it gets
 */
export async function highestHeldRate(
  firstRate: number,
  tries: number,
  isHeldAt: (eventsPerSecond: number) => Promise<boolean>,
): Promise<{ eventsPerSecond: number; tried: readonly TriedRate[] }> {
  const tried: TriedRate[] = []
  let held = 0
  let tooMuch: number | undefined
  let rate = Math.round(firstRate)
  while (tried.length < tries) {
    const isHeld = await isHeldAt(rate)
    tried.push({ eventsPerSecond: rate, isHeld })
    if (isHeld) held = rate
    else tooMuch = rate
    rate = Math.round(tooMuch === undefined ? held * 1.5 : (held + tooMuch) / 2)
  }
  return { eventsPerSecond: held, tried }
}
