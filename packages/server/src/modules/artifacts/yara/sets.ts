import type { YaraDiagnostic, YaraImport, YaraSet, YaraSetDetail, YaraSetEdit } from '@watchfloor/contracts/artifacts'
import { type Actor, type PageQuery, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Jobs } from '../../../platform/jobs/jobs.ts'
import type { Sql, Tx } from '../../../platform/sql/sql.ts'
import { type Yara, YaraCrashed, type YaraFile, type YaraRuleSet, YaraTimeout } from '../../../platform/yara/yara.ts'
import type { Audit } from '../../audit/index.ts'
import type { YaraSetRow } from '../tables.ts'
import * as store from './store.ts'

export const rescanJob = 'artifacts.rescan'

interface Parts {
  readonly sql: Sql
  readonly clock: Clock
  readonly jobs: Jobs
  readonly yara: Yara
  readonly audit: Audit
  readonly newId: () => string
}

const maxDiagnostics = 1000

/** Sets of YARA rules: imported, checked, switched, versioned. Whatever changes them has all artifacts scanned again. */
export class YaraSets {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async list(page: PageQuery): Promise<{ items: YaraSet[]; next?: string }> {
    const { items, next } = await store.list(this.#parts.sql.db, page)
    return { items: items.map(viewOf), ...(next ? { next } : {}) }
  }

  /** @error NOT_FOUND */
  async get(id: string): Promise<YaraSetDetail> {
    const row = await this.#row(id)
    const versions = await store.versions(this.#parts.sql.db, id)
    return {
      ...viewOf(row),
      diagnostics: [...row.diagnostics],
      versions: versions.map(({ version, files, rules, created_ms, actor_name }) => ({
        version,
        files,
        rules,
        at: toInstant(created_ms),
        by: actor_name,
      })),
    }
  }

  /** The files of its newest version. @error NOT_FOUND */
  async files(id: string): Promise<YaraFile[]> {
    const { version } = await this.#row(id)
    return store.filesOf(this.#parts.sql.db, id, version)
  }

  /** @error UNPROCESSABLE when the rules take too long or too much memory */
  async check(files: readonly YaraFile[]): Promise<{ rules: number; refused: number; diagnostics: YaraDiagnostic[] }> {
    const { rules, found, diagnostics } = await this.#checked(files)
    return { rules, refused: found - rules, diagnostics: shownOf(diagnostics) }
  }

  /** Makes a set, or the next version of the set of that name. @error UNPROCESSABLE also when none of the rules runs */
  async import(
    actor: Actor,
    { name, files }: YaraImport,
  ): Promise<{ set: YaraSet; isNew: boolean; diagnostics: YaraDiagnostic[] }> {
    const { sql, clock, audit, newId } = this.#parts
    const paths = new Set(files.map(({ path }) => path))
    if (paths.size < files.length) throw new Refusal('UNPROCESSABLE', 'two of the files have the same path')
    const checked = await this.#checked(files)
    const diagnostics = shownOf(checked.diagnostics)
    if (checked.rules === 0)
      throw new Refusal('UNPROCESSABLE', 'none of the rules runs', {
        issues: diagnostics
          .slice(0, 20)
          .map((one) => ({ at: `${one.file}:${one.line}:${one.column}`, message: `${one.code} ${one.message}` })),
        remedy: 'Mend the rules; watchfloor yara check says what is wrong.',
      })
    const saved = await sql.tx(async (db) => {
      const before = await store.getByName(db, name)
      const row: YaraSetRow = {
        id: before?.id ?? newId(),
        name,
        enabled: before?.enabled ?? true,
        alerts: before?.alerts ?? true,
        version: (before?.version ?? 0) + 1,
        files: files.length,
        rules: checked.rules,
        refused: checked.found - checked.rules,
        diagnostics,
        updated_ms: clock.now(),
        updated_by: actor.name,
      }
      await store.save(db, { row, files })
      await this.changed(db)
      await audit.record(db, actor, {
        action: before ? 'yara.update' : 'yara.import',
        object: { type: 'yara-set', id: row.id, title: name },
        after: { version: row.version, files: row.files, rules: row.rules, refused: row.refused },
      })
      return { row, isNew: before === undefined }
    })
    return { set: viewOf(saved.row), isNew: saved.isNew, diagnostics }
  }

  /** @error NOT_FOUND */
  async edit(actor: Actor, id: string, edit: YaraSetEdit): Promise<YaraSet> {
    const { sql, clock, audit } = this.#parts
    const before = await this.#row(id)
    const wanted = { enabled: edit.enabled ?? before.enabled, alerts: edit.alerts ?? before.alerts }
    if (wanted.enabled === before.enabled && wanted.alerts === before.alerts) return viewOf(before)
    const change = { ...wanted, updated_ms: clock.now(), updated_by: actor.name }
    const object = { type: 'yara-set', id, title: before.name }
    await sql.tx(async (db) => {
      await store.change(db, id, change)
      // Where no more is told nothing is found either.
      if (wanted.enabled !== before.enabled || wanted.alerts) await this.changed(db)
      if (wanted.enabled !== before.enabled)
        await audit.record(db, actor, { action: wanted.enabled ? 'yara.enable' : 'yara.disable', object })
      if (wanted.alerts !== before.alerts)
        await audit.record(db, actor, { action: wanted.alerts ? 'yara.alert' : 'yara.silence', object })
    })
    return viewOf({ ...before, ...change })
  }

  /** @error NOT_FOUND */
  async remove(actor: Actor, id: string): Promise<void> {
    const { sql, audit } = this.#parts
    const { name } = await this.#row(id)
    await sql.tx(async (db) => {
      await store.remove(db, id)
      await this.changed(db)
      await audit.record(db, actor, { action: 'yara.delete', object: { type: 'yara-set', id, title: name } })
    })
  }

  async #checked(files: readonly YaraFile[]): Promise<YaraRuleSet> {
    try {
      return await this.#parts.yara.check(files)
    } catch (error) {
      if (error instanceof YaraTimeout || error instanceof YaraCrashed)
        throw new Refusal('UNPROCESSABLE', `the rules could not be compiled: ${error.message}`, {
          remedy: 'Send fewer rules; look for very long patterns and repetitions.',
        })
      throw error
    }
  }

  /** Has everything scanned again: what the rules are, or what is told, has changed. A scan that runs sees it at its end. */
  async changed(db: Tx): Promise<void> {
    await store.bumpRevision(db)
    await this.#parts.jobs.enqueue(rescanJob, {}, { db, key: rescanJob })
  }

  async #row(id: string): Promise<YaraSetRow> {
    const row = await store.get(this.#parts.sql.db, id)
    if (!row) throw new Refusal('NOT_FOUND', `there is no YARA rule set ${id}`)
    return row
  }
}

/** Errors first: they are why rules do not run. */
const shownOf = (diagnostics: YaraRuleSet['diagnostics']): YaraDiagnostic[] =>
  diagnostics
    .toSorted((a, b) => (a.level === b.level ? 0 : a.level === 'error' ? -1 : 1))
    .slice(0, maxDiagnostics)
    .map((one) => ({ ...one, message: one.message.slice(0, 500) }))

const viewOf = (row: store.ListedSet): YaraSet => ({
  id: row.id as YaraSet['id'],
  name: row.name,
  enabled: row.enabled,
  alerts: row.alerts,
  version: row.version,
  files: row.files,
  rules: row.rules,
  refused: row.refused,
  updatedAt: toInstant(row.updated_ms),
  updatedBy: row.updated_by,
})
