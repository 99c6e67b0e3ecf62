import { randomUUID } from 'node:crypto'
import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type {
  PackChange,
  PackChangeKind,
  PackUpdate,
  packUpdateApply,
  RulePack,
  TextDiff,
} from '@watchfloor/contracts/rules'
import { diffLines } from '@watchfloor/engines/text-diff'
import type { z } from 'zod'
import type { OutgoingHttp } from '../../../platform/http/outgoing.ts'
import type { Tx } from '../../../platform/sql/sql.ts'
import { judge, ruleIdOf } from '../import-plan.ts'
import type { ReadFile } from '../model.ts'
import * as set from '../set-store.ts'
import * as rules from '../store.ts'
import type { PackChangeRow, PackUpdateRow } from '../tables.ts'
import { existingOf, type RulesParts, type RuleWriter } from '../writer.ts'
import { archiveLimits, commonFolder, type PackFile, rulesInArchive } from './archive.ts'
import * as store from './store.ts'

export type ApplyOptions = z.output<typeof packUpdateApply>

export interface PacksParts extends RulesParts {
  readonly outgoing: OutgoingHttp
  /** Applies the update later, if and only if the transaction commits. */
  readonly applyLater: (db: Tx, updateId: string, actor: Actor, options: ApplyOptions) => Promise<void>
}

const filesAtOnce = 250
const maxCharacters = archiveLimits.textBytes
const fetchTimeoutMs = 120_000
const forgottenAfterMs = 30 * 86_400_000

/** Packs of rules: updates are read and compared first, looked at, and then applied. */
export class RulePacks {
  readonly #parts: PacksParts
  readonly #writer: RuleWriter

  constructor(parts: PacksParts, writer: RuleWriter) {
    this.#parts = parts
    this.#writer = writer
  }

  async list(): Promise<RulePack[]> {
    return (await store.list(this.#parts.sql.db)).map(packOf)
  }

  /** Where updates of a pack are fetched from. A pack that is not there yet is made, and is empty until its first update. */
  async setUrl(actor: Actor, pack: string, url: string | null): Promise<void> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      const before = await store.get(db, pack)
      await store.setUrl(db, pack, url)
      await audit.record(db, actor, {
        action: 'rules.set-pack-url',
        object: { type: 'rule-pack', id: pack, title: pack },
        before: { url: before?.url ?? null },
        after: { url },
      })
    })
  }

  /** Takes a pack away with its rules; those changed here stay as ours. @error NOT_FOUND */
  async remove(actor: Actor, pack: string): Promise<{ removed: number; kept: number }> {
    const { sql, audit } = this.#parts
    return sql.tx(async (db) => {
      await set.lockRuleSet(db)
      if (!(await store.get(db, pack))) throw new Refusal('NOT_FOUND', `there is no pack ${pack}`)
      const counts = await store.remove(db, pack)
      await audit.record(db, actor, {
        action: 'rules.remove-pack',
        object: { type: 'rule-pack', id: pack, title: pack },
        after: counts,
        count: counts.removed,
      })
      await this.#writer.settle(db)
      return counts
    })
  }

  /** Begins an update; its files follow in as many calls as they need. */
  async begin(actor: Actor, pack: string, version: string | null): Promise<PackUpdate> {
    const { sql, clock } = this.#parts
    const row: PackUpdateRow = {
      id: randomUUID(),
      pack,
      version,
      state: 'reading',
      created_ms: clock.now(),
      actor_name: actor.name,
      unchanged: 0,
      refused: 0,
      characters: 0,
      applied: 0,
      message: null,
    }
    await sql.tx(async (db) => {
      await store.removeUpdatesBefore(db, clock.now() - forgottenAfterMs)
      await store.addUpdate(db, row)
    })
    return this.update(row.id)
  }

  /** Reads and compares some of an update's files. @error NOT_FOUND · CONFLICT when it is not being read · BODY_TOO_LARGE */
  async addFiles(updateId: string, files: readonly PackFile[]): Promise<PackUpdate> {
    const { sql, reader } = this.#parts
    const read = await reader.read(files)
    await sql.tx(async (db) => {
      const update = await this.#lockIn(db, updateId, ['reading'])
      const characters = Number(update.characters) + files.reduce((sum, file) => sum + file.text.length, 0)
      if (characters > maxCharacters)
        throw new Refusal('BODY_TOO_LARGE', `the update holds more than ${maxCharacters} characters`, {
          remedy: 'Split the pack.',
        })
      const { rows, refused } = await changesOf(db, update, read)
      await store.addChanges(db, rows)
      await store.setUpdate(db, updateId, { characters, refused: update.refused + refused })
    })
    return this.update(updateId)
  }

  /** No more files come: what the pack no longer has is known now. @error NOT_FOUND · CONFLICT · UNPROCESSABLE without any rule */
  async finish(updateId: string): Promise<PackUpdate> {
    await this.#parts.sql.tx(async (db) => {
      const update = await this.#lockIn(db, updateId, ['reading'])
      const counts = await store.countChanges(db, updateId)
      if (counts.added + counts.changed + counts.conflict + counts.unchanged === 0)
        throw new Refusal('UNPROCESSABLE', 'the update holds no rule that can be read', {
          remedy: 'Look whether it is the right archive or folder: rules are .yml or .yaml files.',
        })
      await store.addRemoved(db, update)
      await store.setUpdate(db, updateId, { state: 'ready' })
    })
    return this.update(updateId)
  }

  /** Reads and compares an archive. @error UNSUPPORTED_MEDIA_TYPE · BODY_TOO_LARGE · UNPROCESSABLE */
  async readArchive(actor: Actor, pack: string, bytes: Uint8Array, version: string | null): Promise<PackUpdate> {
    const files: PackFile[] = []
    let characters = 0
    for await (const file of rulesInArchive(bytes)) {
      characters += file.text.length
      if (characters > maxCharacters) throw new Refusal('BODY_TOO_LARGE', 'the archive holds too much text')
      files.push(file)
    }
    const left = commonFolder(files.map((file) => file.path))
    const { id } = await this.begin(actor, pack, version)
    try {
      for (let start = 0; start < files.length; start += filesAtOnce)
        await this.addFiles(
          id,
          files.slice(start, start + filesAtOnce).map(({ path, text }) => ({ path: path.slice(left), text })),
        )
      return await this.finish(id)
    } catch (error) {
      await this.#parts.sql.tx((db) => store.removeUpdate(db, id))
      throw error
    }
  }

  /** Fetches the archive from the pack's address, which an administrator chose. @error NOT_FOUND · UNPROCESSABLE */
  async fetch(actor: Actor, pack: string): Promise<PackUpdate> {
    const { sql, outgoing, clock } = this.#parts
    const url = (await store.get(sql.db, pack))?.url
    if (!url)
      throw new Refusal('NOT_FOUND', `the pack ${pack} has no address to fetch it from`, {
        remedy: 'An administrator can set one under Rules → Packs.',
      })
    let answer: Awaited<ReturnType<OutgoingHttp['send']>>
    try {
      answer = await outgoing.send({
        url,
        timeoutMs: fetchTimeoutMs,
        maxBytes: archiveLimits.packedBytes,
        trust: 'administrator',
        maxRedirects: 5,
      })
    } catch (error) {
      throw new Refusal(
        'UNPROCESSABLE',
        `${url} could not be fetched: ${error instanceof Error ? error.message : error}`,
      )
    }
    if (answer.status !== 200) throw new Refusal('UNPROCESSABLE', `${url} answered ${answer.status}`)
    return this.readArchive(actor, pack, answer.body, toInstant(clock.now()).slice(0, 10))
  }

  /** @error NOT_FOUND */
  async update(id: string): Promise<PackUpdate> {
    const { db } = this.#parts.sql
    const row = await store.getUpdate(db, id)
    if (!row) throw noUpdate(id)
    return updateOf(row, await store.countChanges(db, id))
  }

  /** Updates of a pack that wait to be looked at, newest first. */
  async waiting(pack: string): Promise<PackUpdate[]> {
    const { db } = this.#parts.sql
    const rows = await store.openUpdates(db, pack)
    return Promise.all(rows.map(async (row) => updateOf(row, await store.countChanges(db, row.id))))
  }

  async changes(
    id: string,
    page: { kind?: PackChangeKind | undefined; offset: number; limit: number },
  ): Promise<{ items: PackChange[]; next?: string }> {
    const rows = await store.listChanges(this.#parts.sql.db, id, { ...page, limit: page.limit + 1 })
    return {
      items: rows.slice(0, page.limit).map(changeOf),
      ...(rows.length > page.limit ? { next: String(page.offset + page.limit) } : {}),
    }
  }

  /** One change with both texts compared, as the rule is now. @error NOT_FOUND */
  async change(id: string, ruleId: string): Promise<PackChange & { diff: TextDiff }> {
    const { db } = this.#parts.sql
    const row = await store.getChange(db, id, ruleId)
    if (!row) throw new Refusal('NOT_FOUND', `the update has no rule ${ruleId}`)
    const current = await rules.get(db, ruleId)
    return { ...changeOf(row), diff: diffLines(current?.yaml ?? '', row.yaml ?? '') }
  }

  /** Applies an update in the background. @error NOT_FOUND · CONFLICT when it is not ready */
  async apply(actor: Actor, updateId: string, options: ApplyOptions): Promise<PackUpdate> {
    await this.#parts.sql.tx(async (db) => {
      await this.#lockIn(db, updateId, ['ready', 'failed'])
      await store.setUpdate(db, updateId, { state: 'applying', applied: 0, message: null })
      await this.#parts.applyLater(db, updateId, actor, options)
    })
    return this.update(updateId)
  }

  /** Throws an update away. @error NOT_FOUND · CONFLICT while it is being applied */
  async drop(updateId: string): Promise<void> {
    await this.#parts.sql.tx(async (db) => {
      await this.#lockIn(db, updateId, ['reading', 'ready', 'failed', 'applied'])
      await store.removeUpdate(db, updateId)
    })
  }

  /** Does what `apply` asked for. Done twice, it changes nothing the second time. */
  async applyNow(
    actor: Actor,
    updateId: string,
    options: ApplyOptions,
    progress: (done: number) => Promise<void> = async () => {},
  ): Promise<void> {
    const { sql, clock, audit } = this.#parts
    const update = await store.getUpdate(sql.db, updateId)
    if (update?.state !== 'applying') return
    try {
      const applied = await this.#applyTexts(actor, update, options, progress)
      await sql.tx(async (db) => {
        await set.lockRuleSet(db)
        const removed = options.keepRemoved ? 0 : await store.applyRemoved(db, update)
        const { pack: name, version } = update
        await set.touchPack(db, { name, version, nowMs: clock.now(), actorName: actor.name })
        await store.setUpdate(db, updateId, { state: 'applied', applied: applied + removed })
        await audit.record(db, actor, {
          action: 'rules.update-pack',
          object: { type: 'rule-pack', id: name, title: name },
          after: { version, applied, removed, takeTheirs: options.takeTheirs.slice(0, 200) },
          count: applied + removed,
        })
        await this.#writer.settle(db)
      })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      await sql.tx((db) => store.setUpdate(db, updateId, { state: 'failed', message }))
      throw error
    }
  }

  async #applyTexts(
    actor: Actor,
    update: PackUpdateRow,
    options: ApplyOptions,
    progress: (done: number) => Promise<void>,
  ): Promise<number> {
    const { sql, reader } = this.#parts
    const counts = await store.countChanges(sql.db, update.id)
    const total = Math.max(1, counts.added + counts.changed + counts.conflict)
    const takeTheirs = new Set(options.takeTheirs)
    let seen = 0
    let applied = 0
    let last = ''
    for (;;) {
      const rows = await store.changesWithText(sql.db, update.id, last, filesAtOnce)
      const newest = rows.at(-1)
      if (!newest) return applied
      last = newest.rule_id
      const read = await reader.read(rows.map((row) => ({ path: row.path, text: row.yaml ?? '' })))
      const saved = await this.#writer.save(actor, read, {
        originOf: (file) => `${update.pack}/${file.path}`,
        action: 'rules.update-pack',
        object: { type: 'rule-pack', id: update.pack, title: update.pack },
        pack: update.pack,
        note: `pack ${update.pack}${update.version ? ` ${update.version}` : ''}`,
        takeTheirs,
      })
      applied += saved.added + saved.updated
      seen += rows.length
      await progress(seen / total)
    }
  }

  async #lockIn(db: Tx, id: string, states: readonly PackUpdate['state'][]): Promise<PackUpdateRow> {
    const row = await store.lockUpdate(db, id)
    if (!row) throw noUpdate(id)
    if (!states.includes(row.state))
      throw new Refusal('CONFLICT', `the update is ${row.state}`, { remedy: 'Read the pack again.' })
    return row
  }
}

const noUpdate = (id: string) =>
  new Refusal('NOT_FOUND', `there is no update ${id}`, { remedy: 'Read the pack again; old updates are forgotten.' })

/** What the pack's files would change. A rule with errors stays as it is. */
async function changesOf(
  db: Tx,
  update: PackUpdateRow,
  files: readonly ReadFile[],
): Promise<{ rows: PackChangeRow[]; refused: number }> {
  const found = files.flatMap((file) =>
    file.rules.map((rule) => ({ file, rule, id: ruleIdOf(rule, `${update.pack}/${file.path}`) })),
  )
  const existing = new Map(
    (await rules.getMany(db, [...new Set(found.map((one) => one.id))])).map((row) => [row.id, existingOf(row)]),
  )
  const refused =
    files.filter((file) => file.rules.length === 0).length + found.filter(({ rule }) => rule.state === 'refused').length
  const rows = found.map(({ file, rule, id }): PackChangeRow => {
    const kind = rule.state === 'refused' ? 'refused' : judge(existing.get(id), rule.yaml, update.pack)
    return {
      update_id: update.id,
      rule_id: id,
      kind,
      title: rule.title,
      path: file.path,
      yaml: kind === 'unchanged' || kind === 'refused' ? null : rule.yaml,
    }
  })
  return { rows, refused }
}

const packOf = (row: store.ListedPack): RulePack => ({
  name: row.name,
  version: row.version,
  url: row.url,
  rules: row.rules,
  enabled: row.enabled,
  edited: row.edited,
  offered: row.offered,
  updatedAt: row.updated_ms === null ? null : toInstant(Number(row.updated_ms)),
  updatedBy: row.updated_by,
})

const updateOf = (row: PackUpdateRow, counts: Record<PackChangeRow['kind'], number>): PackUpdate => ({
  id: row.id,
  pack: row.pack,
  version: row.version,
  state: row.state,
  createdAt: toInstant(Number(row.created_ms)),
  by: row.actor_name,
  added: counts.added,
  changed: counts.changed,
  removed: counts.removed,
  conflicts: counts.conflict,
  unchanged: counts.unchanged,
  refused: row.refused,
  applied: row.applied,
  message: row.message,
})

const changeOf = (row: PackChangeRow): PackChange => ({
  ruleId: row.rule_id,
  kind: row.kind === 'unchanged' || row.kind === 'refused' ? 'changed' : row.kind,
  title: row.title,
  path: row.path,
})
