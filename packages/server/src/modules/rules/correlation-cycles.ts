/** What a correlation is called, and whom it names. */
export interface Referring {
  readonly id: string
  readonly name: string | null
  readonly refers_to: readonly string[]
}

/** Ids of correlations that lead back to themselves, or to one that does: none of them can ever fire. */
export function leadingIntoCycles(correlations: readonly Referring[]): string[] {
  const called = new Map<string, Referring[]>()
  const call = (name: string, one: Referring): void => {
    const list = called.get(name)
    if (list === undefined) called.set(name, [one])
    else if (!list.includes(one)) list.push(one)
  }
  for (const one of correlations) {
    call(one.id, one)
    if (one.name !== null) call(one.name, one)
  }
  const named = ({ refers_to }: Referring): Referring[] =>
    refers_to.flatMap((reference) => called.get(reference) ?? called.get(reference.toLowerCase()) ?? [])

  // Whatever names only correlations that end, ends; what is left after all those are taken away does not.
  const open = new Map(correlations.map((one) => [one, new Set(named(one)).size]))
  const namedBy = new Map<Referring, Referring[]>()
  for (const one of correlations)
    for (const other of new Set(named(one))) {
      const list = namedBy.get(other)
      if (list === undefined) namedBy.set(other, [one])
      else list.push(one)
    }
  const ending = correlations.filter((one) => open.get(one) === 0)
  for (let one = ending.pop(); one !== undefined; one = ending.pop()) {
    open.delete(one)
    for (const by of namedBy.get(one) ?? []) {
      const left = (open.get(by) ?? 0) - 1
      open.set(by, left)
      if (left === 0) ending.push(by)
    }
  }
  return [...open.keys()].map(({ id }) => id)
}
