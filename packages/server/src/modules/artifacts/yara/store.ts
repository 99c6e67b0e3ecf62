import type { YaraDiagnostic } from '@watchfloor/contracts/artifacts'
import type { PageQuery } from '@watchfloor/contracts/kernel'
import { sql } from 'kysely'
import { z } from 'zod'
import { jsonb } from '../../../platform/sql/json.ts'
import { keyset } from '../../../platform/sql/paging.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { storableText } from '../../../platform/sql/storable-text.ts'
import type { YaraFile } from '../../../platform/yara/yara.ts'
import { tables, type YaraSetRow, type YaraVersionRow } from '../tables.ts'

export type ListedSet = Omit<YaraSetRow, 'diagnostics'>

const byName = keyset<ListedSet, [string]>({ columns: ['name'], direction: 'asc', key: z.tuple([z.string()]) })

export async function list(db: Db, { cursor, limit }: PageQuery): Promise<{ items: ListedSet[]; next?: string }> {
  const rows = await tables(db)
    .selectFrom('yara_set')
    .select(['id', 'name', 'enabled', 'alerts', 'version', 'files', 'rules', 'refused', 'updated_ms', 'updated_by'])
    .where(byName.after(cursor))
    .orderBy(byName.orderBy)
    .limit(limit + 1)
    .execute()
  return byName.toPage(rows, limit, (row) => [row.name])
}

export const get = (db: Db, id: string): Promise<YaraSetRow | undefined> =>
  tables(db).selectFrom('yara_set').selectAll().where('id', '=', id).executeTakeFirst()

export const getByName = (db: Db, name: string): Promise<YaraSetRow | undefined> =>
  tables(db).selectFrom('yara_set').selectAll().where('name', '=', name).forUpdate().executeTakeFirst()

/** Newest first. */
export const versions = (db: Db, id: string): Promise<YaraVersionRow[]> =>
  tables(db).selectFrom('yara_set_version').selectAll().where('set_id', '=', id).orderBy('version', 'desc').execute()

export interface SetSave {
  readonly row: YaraSetRow
  readonly files: readonly YaraFile[]
}

/** Texts of so many versions are kept. */
const keptVersions = 5

export async function save(db: Tx, { row, files }: SetSave): Promise<void> {
  const values = { ...row, diagnostics: jsonb<readonly YaraDiagnostic[]>(row.diagnostics) }
  await tables(db)
    .insertInto('yara_set')
    .values(values)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute()
  await tables(db)
    .insertInto('yara_set_version')
    .values({
      set_id: row.id,
      version: row.version,
      files: row.files,
      rules: row.rules,
      created_ms: row.updated_ms,
      actor_name: row.updated_by,
    })
    .execute()
  for (let at = 0; at < files.length; at += 500)
    await tables(db)
      .insertInto('yara_file')
      .values(
        files.slice(at, at + 500).map(({ path, text }) => ({
          set_id: row.id,
          version: row.version,
          path: storableText(path),
          text: storableText(text),
        })),
      )
      .execute()
  await tables(db)
    .deleteFrom('yara_set_version')
    .where('set_id', '=', row.id)
    .where('version', '<=', row.version - keptVersions)
    .execute()
}

export async function change(
  db: Tx,
  id: string,
  change: Pick<YaraSetRow, 'enabled' | 'alerts' | 'updated_ms' | 'updated_by'>,
): Promise<void> {
  await tables(db).updateTable('yara_set').set(change).where('id', '=', id).execute()
}

export async function remove(db: Tx, id: string): Promise<void> {
  await tables(db).deleteFrom('yara_set').where('id', '=', id).execute()
}

export const filesOf = (db: Db, id: string, version: number): Promise<YaraFile[]> =>
  tables(db)
    .selectFrom('yara_file')
    .select(['path', 'text'])
    .where('set_id', '=', id)
    .where('version', '=', version)
    .orderBy('path')
    .execute()

/** The files of the sets that are on. */
export const enabledFiles = (db: Db): Promise<(YaraFile & { set_id: string; version: number })[]> =>
  tables(db)
    .selectFrom('yara_set')
    .innerJoin('yara_file', (join) =>
      join.onRef('yara_file.set_id', '=', 'yara_set.id').onRef('yara_file.version', '=', 'yara_set.version'),
    )
    .select(['yara_file.set_id', 'yara_file.version', 'yara_file.path', 'yara_file.text'])
    .where('yara_set.enabled', '=', true)
    .orderBy('yara_file.set_id')
    .orderBy('yara_file.path')
    .execute()

/** The sets that are on: how they are called and whether matches are told. Tens of them. */
export const enabledSets = (db: Db): Promise<Pick<YaraSetRow, 'id' | 'name' | 'alerts'>[]> =>
  tables(db).selectFrom('yara_set').select(['id', 'name', 'alerts']).where('enabled', '=', true).execute()

/** Rises with every change of what the rules are, or of what is told. */
export async function revision(db: Db): Promise<number> {
  const row = await tables(db).selectFrom('yara_revision').select('revision').executeTakeFirstOrThrow()
  return row.revision
}

export async function bumpRevision(db: Tx): Promise<void> {
  await tables(db).updateTable('yara_revision').set({ revision: sql`revision + 1` }).execute()
}

/** Up to which revision everything was scanned, and how far the scan of another one has come. */
export async function scanProgress(db: Db): Promise<{ scanned: number; scanning: number; upTo: string }> {
  const row = await tables(db)
    .selectFrom('yara_revision')
    .select(['scanned', 'scanning', 'scanned_up_to as upTo'])
    .executeTakeFirstOrThrow()
  return row
}

export async function saveScanProgress(
  db: Tx,
  progress: { scanned: number } | { scanning: number; upTo: string },
): Promise<void> {
  await tables(db)
    .updateTable('yara_revision')
    .set(
      'scanned' in progress
        ? { scanned: progress.scanned, scanned_up_to: '' }
        : { scanning: progress.scanning, scanned_up_to: progress.upTo },
    )
    .execute()
}
