import type { ArtifactQuery } from '@watchfloor/contracts/artifacts'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { jsonb } from '../../platform/sql/json.ts'
import { keyset } from '../../platform/sql/paging.ts'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { storableText } from '../../platform/sql/storable-text.ts'
import { type ArtifactRow, type ArtifactTables, type MatchRow, tables } from './tables.ts'

type Filter = Omit<ArtifactQuery, 'cursor' | 'limit'>

/** Where the list has not the facts: they are long. */
export type ListedRow = Omit<ArtifactRow, 'facts' | 'note'>

const listed = [
  'sha256',
  'md5',
  'sha1',
  'size_bytes',
  'name',
  'type',
  'type_title',
  'source',
  'tlp',
  'labels',
  'is_member',
  'uploaded_by',
  'created_ms',
  'scan_state',
  'scanned_ms',
  'scan_error',
  'match_count',
] as const

function matching(filter: Filter) {
  return (eb: ExpressionBuilder<ArtifactTables, 'artifact'>): Expression<SqlBool> => {
    const terms: Expression<SqlBool>[] = []
    const text = filter.text?.trim() ?? ''
    const isHash = /^[0-9a-f]{32}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$/i.test(text)
    // A hash finds packed files too.
    if (filter.members !== 'true' && !isHash) terms.push(eb('is_member', '=', false))
    if (filter.type) terms.push(eb('type', '=', filter.type))
    if (filter.matched) terms.push(eb('match_count', filter.matched === 'true' ? '>' : '=', 0))
    if (isHash) {
      const hash = text.toLowerCase()
      terms.push(eb.or([eb('sha256', '=', hash), eb('sha1', '=', hash), eb('md5', '=', hash)]))
    } else if (text !== '') {
      const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
      terms.push(eb.or([eb('name', 'ilike', pattern), sql<SqlBool>`labels::text ILIKE ${pattern}`]))
    }
    return eb.and(terms)
  }
}

export async function list(
  db: Db,
  { cursor, limit, ...filter }: ArtifactQuery,
): Promise<{ items: ListedRow[]; next?: string }> {
  const paging = keyset<ListedRow, [number, string]>({
    columns: ['created_ms', 'sha256'],
    direction: 'desc',
    key: z.tuple([z.number(), z.string()]),
    query: filter,
  })
  const rows = await tables(db)
    .selectFrom('artifact')
    .select(listed)
    .where(matching(filter))
    .where(paging.after(cursor))
    .orderBy(paging.orderBy)
    .limit(limit + 1)
    .execute()
  return paging.toPage(rows, limit, (row) => [row.created_ms, row.sha256])
}

export const get = (db: Db, sha256: string): Promise<ArtifactRow | undefined> =>
  tables(db).selectFrom('artifact').selectAll().where('sha256', '=', sha256).executeTakeFirst()

/** Whether it is there; nobody else changes it, or its matches, until the transaction ends. */
export async function lock(db: Tx, sha256: string): Promise<boolean> {
  const row = await tables(db)
    .selectFrom('artifact')
    .select('sha256')
    .where('sha256', '=', sha256)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

/** @returns whether it was new */
export async function insert(db: Tx, row: ArtifactRow): Promise<boolean> {
  const added = await tables(db)
    .insertInto('artifact')
    .values({
      ...row,
      name: storableText(row.name),
      note: storableText(row.note),
      labels: jsonb(row.labels),
      facts: jsonb(row.facts),
    })
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .executeTakeFirst()
  return Number(added.numInsertedOrUpdatedRows ?? 0) > 0
}

export async function update(db: Tx, sha256: string, change: Partial<ArtifactRow>): Promise<void> {
  const { labels, facts, ...rest } = change
  const set = {
    ...rest,
    ...(labels ? { labels: jsonb(labels) } : {}),
    ...(facts ? { facts: jsonb(facts) } : {}),
  }
  if (Object.keys(set).length > 0)
    await tables(db).updateTable('artifact').set(set).where('sha256', '=', sha256).execute()
}

export async function remove(db: Tx, sha256: string): Promise<void> {
  await tables(db).deleteFrom('artifact').where('sha256', '=', sha256).execute()
}

export async function link(db: Tx, parent: string, child: string, path: string): Promise<void> {
  await tables(db)
    .insertInto('artifact_member')
    .values({ parent, child, path: storableText(path) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

const maxRelated = 1000

export interface RelatedRow {
  readonly sha256: string
  readonly path: string
  readonly type: string
  readonly size_bytes: number
  readonly match_count: number
}

/** What is packed in it, or what it is packed in. */
export const related = (db: Db, sha256: string, which: 'children' | 'parents'): Promise<RelatedRow[]> =>
  tables(db)
    .selectFrom('artifact_member as member')
    .innerJoin('artifact', 'artifact.sha256', which === 'children' ? 'member.child' : 'member.parent')
    .select(['artifact.sha256', 'member.path', 'artifact.type', 'artifact.size_bytes', 'artifact.match_count'])
    .where(which === 'children' ? 'member.parent' : 'member.child', '=', sha256)
    .orderBy('member.path')
    .limit(maxRelated)
    .execute()

/** Packed files that no archive holds any longer. */
export async function orphans(db: Db, limit: number): Promise<string[]> {
  const rows = await tables(db)
    .selectFrom('artifact')
    .select('sha256')
    .where('is_member', '=', true)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('artifact_member').select('child').whereRef('child', '=', 'artifact.sha256'))),
    )
    .limit(limit)
    .execute()
  return rows.map((row) => row.sha256)
}

/** In order of their hash, for going through all of them. */
export async function idsAfter(db: Db, after: string, limit: number): Promise<string[]> {
  const rows = await tables(db)
    .selectFrom('artifact')
    .select('sha256')
    .where('sha256', '>', after)
    .orderBy('sha256')
    .limit(limit)
    .execute()
  return rows.map((row) => row.sha256)
}

export async function count(db: Db): Promise<number> {
  const row = await tables(db)
    .selectFrom('artifact')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** How many come before and with it in the order of `idsAfter`. */
export async function countUpTo(db: Db, sha256: string): Promise<number> {
  const row = await tables(db)
    .selectFrom('artifact')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('sha256', '<=', sha256)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export const matchesOf = (db: Db, sha256: string): Promise<(MatchRow & { set_name: string; set_alerts: boolean })[]> =>
  tables(db)
    .selectFrom('artifact_match')
    .innerJoin('yara_set', 'yara_set.id', 'artifact_match.set_id')
    .selectAll('artifact_match')
    .select(['yara_set.name as set_name', 'yara_set.alerts as set_alerts'])
    .where('sha256', '=', sha256)
    .orderBy('rule')
    .orderBy('file')
    .execute()

/** Puts matches in the place of those before. @param rowsAfter makes them, told which of those before somebody knows of (`matchKeyOf`) */
export async function replaceMatches(
  db: Tx,
  sha256: string,
  rowsAfter: (wasTold: ReadonlySet<string>) => readonly MatchRow[],
): Promise<void> {
  const before = await tables(db)
    .deleteFrom('artifact_match')
    .where('sha256', '=', sha256)
    .returning(['set_id', 'file', 'rule', 'told'])
    .execute()
  const rows = rowsAfter(new Set(before.filter(({ told }) => told).map(matchKeyOf)))
  for (let at = 0; at < rows.length; at += matchesAtOnce)
    await tables(db)
      .insertInto('artifact_match')
      .values(
        rows
          .slice(at, at + matchesAtOnce)
          .map((row) => ({ ...row, tags: jsonb(row.tags), meta: jsonb(row.meta), strings: jsonb(row.strings) })),
      )
      .execute()
}

const matchesAtOnce = 1000

export const matchKeyOf = ({ set_id, file, rule }: Pick<MatchRow, 'set_id' | 'file' | 'rule'>): string =>
  JSON.stringify([set_id, file, rule])
