import type { Db } from '../../../platform/sql/sql.ts'
import type { ExceptionRow, MatchRow } from '../tables.ts'
import { covering } from './exception-store.ts'

type Match = Pick<MatchRow, 'set_id' | 'rule'>

/** Whether somebody is told of matches on a file, by what the exceptions say now. */
export async function silenceOn(
  db: Db,
  sha256: string,
  matches: readonly Match[],
  doesAlert: (setId: string) => boolean,
): Promise<(match: Match) => boolean> {
  const exceptions =
    matches.length === 0
      ? []
      : await covering(
          db,
          sha256,
          matches.map(({ rule }) => rule),
        )
  const isFileSilent = exceptions.some((one) => one.rule === null)
  const silentRules = new Set(exceptions.filter((one) => one.rule !== null).map(keyOf))
  return (match) => isFileSilent || silentRules.has(keyOf(match)) || !doesAlert(match.set_id)
}

const keyOf = ({ set_id, rule }: Pick<ExceptionRow, 'set_id' | 'rule'>): string => `${set_id} ${rule}`
