import type { Db } from '../../platform/sql/sql.ts'
import type { RunnableRule, RunnableSet } from './model.ts'
import type { JoinedCorrelation } from './reader.worker.ts'
import * as store from './set-store.ts'

/** Correlations may name correlations; deeper than this nobody writes them, and a cycle must end. */
const maxDepth = 16

/** What runs, and what must be matched beside it because a correlation that runs names it. */
export async function runnableSet(db: Db): Promise<Omit<RunnableSet, 'revision'>> {
  return withNamed(db, await store.runnable(db))
}

/** What is chosen by its id, on or off, and beside it what is called by these names, and what correlations among them name. */
export async function chosenSet(
  db: Db,
  ids: readonly string[],
  names: readonly string[],
): Promise<Omit<RunnableSet, 'revision' | 'filters'>> {
  const chosen = await store.known(db, ids)
  const called = await store.named(db, names)
  const { rules, parts, correlations } = await withNamed(db, chosen, called)
  return { rules, parts, correlations }
}

/** A correlation, whatever it waits for, with all that it names, directly or through others, as far as that is here. */
export async function joinedWith(db: Db, id: string): Promise<JoinedCorrelation> {
  const { parts, correlations } = await withNamed(db, await store.known(db, [id]), [], { waiting: true })
  return { id, correlations, rules: parts }
}

/** @param called parts from the beginning */
async function withNamed(
  db: Db,
  running: readonly store.RunnableRow[],
  called: readonly store.RunnableRow[] = [],
  among: { readonly waiting?: boolean } = {},
): Promise<Omit<RunnableSet, 'revision'>> {
  const known = new Set(running.map((row) => row.id))
  const parts = called.filter((row) => !known.has(row.id))
  for (const row of parts) known.add(row.id)
  let asking = [...running, ...parts].filter((row) => row.kind === 'correlation')
  for (let depth = 0; asking.length > 0 && depth < maxDepth; depth++) {
    const references = [...new Set(asking.flatMap((row) => row.refers_to))]
    const found = (await store.named(db, references, among)).filter((row) => !known.has(row.id))
    for (const row of found) known.add(row.id)
    parts.push(...found)
    asking = found.filter((row) => row.kind === 'correlation')
  }
  const of = (rows: readonly store.RunnableRow[], kind: store.RunnableRow['kind']): RunnableRule[] =>
    rows.filter((row) => row.kind === kind).map(runnableOf)
  return {
    rules: of(running, 'rule'),
    parts: of(parts, 'rule'),
    filters: of(running, 'filter'),
    correlations: [
      ...of(running, 'correlation').map((rule) => ({ ...rule, isPart: false })),
      ...of(parts, 'correlation').map((rule) => ({ ...rule, isPart: true })),
    ],
  }
}

const runnableOf = ({
  id,
  name,
  switch: decided,
  version,
  title,
  level,
  techniques,
  yaml,
}: store.RunnableRow): RunnableRule => ({
  id,
  name,
  switch: decided,
  version,
  title,
  level,
  techniques,
  yaml,
})
