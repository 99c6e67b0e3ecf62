import { type ArtifactsMatched, artifactsMatched } from '@watchfloor/contracts/artifacts'
import type { Blobs } from '../../platform/blobs/blobs.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { JobRun } from '../../platform/jobs/jobs.ts'
import type { Outbox } from '../../platform/outbox/outbox.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { storableText } from '../../platform/sql/storable-text.ts'
import { PoolClosed, TaskCrashed, TaskTimeout } from '../../platform/threads/pool.ts'
import { type Yara, YaraClosed, YaraCrashed, type YaraMatch, YaraTimeout } from '../../platform/yara/yara.ts'
import type { ArtifactsConfig } from './config.ts'
import type { InspectedFile } from './inspect/inspect.ts'
import type { Inspector } from './inspect/inspector.ts'
import * as store from './store.ts'
import type { ArtifactRow, MatchRow } from './tables.ts'
import { type CurrentRules, placeOf, type RunningSets } from './yara/current-rules.ts'
import { silenceOn } from './yara/silence.ts'
import * as yaraStore from './yara/store.ts'

export const analyseJob = 'artifacts.analyse'
export const artifactsMatchedEvent = { name: 'artifacts.matched', schema: artifactsMatched } as const

interface Parts {
  readonly sql: Sql
  readonly clock: Clock
  readonly blobs: Blobs
  readonly outbox: Outbox
  readonly yara: Yara
  readonly rules: CurrentRules
  readonly inspector: Inspector
  readonly config: ArtifactsConfig
}

const idsAtOnce = 200
const shownStrings = 50
const alarmingInARow = 3
/** Matches in one message. */
const toldAtOnce = 100

/** Looks into artifacts and runs the YARA rules on them; the work of jobs. */
export class Scanning {
  readonly #parts: Parts
  /** Scans in a row that were ended because rules took too long. */
  #endedInARow = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What an operator should know: rules that take too long on every file. */
  get trouble(): string | undefined {
    if (this.#endedInARow < alarmingInARow) return undefined
    const { scanTimeoutSeconds } = this.#parts.config
    return `YARA rules took longer than ${scanTimeoutSeconds} s on each of the last ${this.#endedInARow} files, which are not scanned; switch off the set that was changed last`
  }

  /** Looks into an artifact, keeps what is packed in it as artifacts of their own, and scans all of them. */
  async analyse(job: JobRun<{ sha256: string }>): Promise<{ files: number; matches: number } | undefined> {
    const row = await store.get(this.#parts.sql.db, job.input.sha256)
    const bytes = row && (await this.#bytesOf(row))
    if (!row || !bytes) return undefined
    const files = await this.#inspect(row, bytes)
    if (!files) return { files: 1, matches: 0 }
    await this.#keep(row, files)
    const unique = [...new Set(files.map(({ sha256 }) => sha256))]
    let matches = 0
    for (const [index, sha256] of unique.entries()) {
      job.signal.throwIfAborted()
      matches += await this.scan(sha256)
      await job.progress((index + 1) / unique.length, `${index + 1} of ${unique.length} files scanned`)
    }
    return { files: unique.length, matches }
  }

  /**
   * Scans everything again, until the rules have not changed meanwhile. One that was ended goes on where it stood; when everything
   * was scanned with the rules as they are, nothing is left to do.
   */
  async rescan(job: Pick<JobRun<unknown>, 'signal' | 'progress'>): Promise<{ scanned: number; matched: number }> {
    const { db } = this.#parts.sql
    let [scanned, matched] = [0, 0]
    for (;;) {
      const revision = await yaraStore.revision(db)
      const before = await yaraStore.scanProgress(db)
      if (before.scanned === revision) break
      const total = await store.count(db)
      let last = before.scanning === revision ? before.upTo : ''
      let done = last === '' ? 0 : await store.countUpTo(db, last)
      for (;;) {
        const ids = await store.idsAfter(db, last, idsAtOnce)
        for (const sha256 of ids) {
          job.signal.throwIfAborted()
          if ((await this.scan(sha256)) > 0) matched++
          scanned++
          if (++done % 10 !== 0) continue
          await this.#parts.sql.tx((tx) => yaraStore.saveScanProgress(tx, { scanning: revision, upTo: sha256 }))
          await job.progress(Math.min(1, done / total), `${done} of ${total} artifacts scanned`)
        }
        last = ids.at(-1) ?? ''
        if (ids.length < idsAtOnce) break
      }
      await this.#parts.sql.tx((tx) => yaraStore.saveScanProgress(tx, { scanned: revision }))
    }
    await job.progress(1, `${scanned} artifacts scanned, ${matched} with matches`)
    return { scanned, matched }
  }

  /** Runs the rules on one artifact. A file that cannot be scanned is marked with the reason. @returns how many rules matched */
  async scan(sha256: string): Promise<number> {
    const { sql, clock, config } = this.#parts
    const row = await store.get(sql.db, sha256)
    if (!row) return 0
    try {
      const { rules, sets } = await this.#parts.rules.ready()
      const matches = rules === 0 ? [] : await this.#matches(row, config.scanTimeoutSeconds * 1000)
      this.#endedInARow = 0
      return await this.#save(row, matches, sets)
    } catch (error) {
      if (!(error instanceof YaraTimeout || error instanceof YaraCrashed)) throw error
      if (error instanceof YaraTimeout) this.#endedInARow++
      const change = { scan_state: 'failed' as const, scan_error: error.message, scanned_ms: clock.now() }
      await sql.tx((db) => store.update(db, sha256, change))
      return row.match_count
    }
  }

  async #matches(row: ArtifactRow, timeoutMs: number): Promise<readonly YaraMatch[]> {
    const { blobs } = this.#parts
    if (!(await blobs.has(row.sha256))) return []
    async function* content() {
      const blob = await blobs.get(row.sha256)
      if (blob) yield* blob.content
    }
    const extension = /\.[^./\\]{1,20}$/.exec(row.name)?.[0] ?? ''
    const names = { filename: row.name.replace(/^.*[/\\]/, ''), filepath: row.name, extension, filetype: row.type }
    return this.#parts.yara.scan({ content, sizeBytes: Number(row.size_bytes) }, names, { timeoutMs })
  }

  async #save(row: ArtifactRow, matches: readonly YaraMatch[], scannedWith: RunningSets): Promise<number> {
    const { sql, clock, outbox } = this.#parts
    const { sha256 } = row
    return sql.tx(async (db) => {
      // Sets may have been switched off, and artifacts deleted, while the scan ran.
      if (!(await store.lock(db, sha256))) return 0
      const sets = new Map((await yaraStore.enabledSets(db)).map((set) => [set.id, set]))
      const found = matches.map((match) => rowOf(sha256, match)).filter(({ set_id }) => sets.has(set_id))
      const isSilent = await silenceOn(db, sha256, found, (setId) => sets.get(setId)?.alerts ?? false)
      let fresh: MatchRow[] = []
      await store.replaceMatches(db, sha256, (wasTold) => {
        fresh = found.filter((match) => !wasTold.has(store.matchKeyOf(match)) && !isSilent(match))
        const isFresh = new Set(fresh)
        return found.map((match) => ({ ...match, told: isFresh.has(match) || wasTold.has(store.matchKeyOf(match)) }))
      })
      const atMs = clock.now()
      const change = { scan_state: 'done', scan_error: null, scanned_ms: atMs, match_count: found.length } as const
      await store.update(db, sha256, change)
      const messages: ArtifactsMatched[] = []
      for (let at = 0; at < fresh.length; at += toldAtOnce)
        messages.push(messageOf(row, fresh.slice(at, at + toldAtOnce), { sets, scannedWith, atMs }))
      await outbox.add(db, artifactsMatchedEvent, messages)
      return found.length
    })
  }

  async #inspect(row: ArtifactRow, bytes: Uint8Array<ArrayBuffer>): Promise<InspectedFile[] | undefined> {
    try {
      return await this.#parts.inspector.inspect(bytes, row.name)
    } catch (error) {
      if (error instanceof PoolClosed || error instanceof YaraClosed) throw error
      if (!(error instanceof TaskTimeout || error instanceof TaskCrashed)) throw error
      const change = { scan_state: 'failed' as const, scan_error: error.message, scanned_ms: this.#parts.clock.now() }
      await this.#parts.sql.tx((db) => store.update(db, row.sha256, change))
      return undefined
    }
  }

  /** What is packed in an artifact has its source and TLP. */
  async #keep(root: ArtifactRow, files: readonly InspectedFile[]): Promise<void> {
    const { sql, blobs, clock } = this.#parts
    for (const file of files) if (file.bytes) await blobs.put(file.bytes, { maxBytes: file.bytes.byteLength })
    await sql.tx(async (db) => {
      if (!(await store.get(db, root.sha256))) return
      for (const file of files) {
        const { sha256, facts, type, typeTitle, sha1, md5 } = file
        const told = { facts, type, type_title: typeTitle, sha1, md5 }
        if (file.parent < 0) await store.update(db, sha256, told)
        else {
          await store.insert(db, {
            ...told,
            sha256,
            size_bytes: file.sizeBytes,
            name: file.path.replace(/^.*[/\\]/, '').slice(0, 300) || sha256,
            source: root.source,
            tlp: root.tlp,
            labels: [],
            note: '',
            is_member: true,
            uploaded_by: root.uploaded_by,
            created_ms: clock.now(),
            scan_state: 'waiting',
            scanned_ms: null,
            scan_error: null,
            match_count: 0,
          })
          const parent = files[file.parent]?.sha256 ?? root.sha256
          // A file may hold itself (a quine); it is not its own part.
          if (parent !== sha256) await store.link(db, parent, sha256, file.path)
        }
      }
    })
  }

  /** All of it, in memory of its own, which can be handed to a thread. */
  async #bytesOf({ sha256 }: Pick<ArtifactRow, 'sha256'>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const blob = await this.#parts.blobs.get(sha256)
    if (!blob) return undefined
    const bytes = new Uint8Array(new ArrayBuffer(blob.info.sizeBytes))
    let at = 0
    for await (const part of blob.content) {
      bytes.set(part, at)
      at += part.byteLength
    }
    return bytes
  }
}

const metaOf = (meta: YaraMatch['meta']): MatchRow['meta'] =>
  meta.slice(0, 50).map(([name, value]) => ({ name, value: typeof value === 'string' ? storableText(value) : value }))

function rowOf(sha256: string, match: YaraMatch): MatchRow {
  const { setId, file } = placeOf(match.namespace)
  return {
    sha256,
    set_id: setId,
    file,
    rule: match.rule,
    tags: match.tags,
    meta: metaOf(match.meta),
    strings: match.strings.map(({ id, offset, length, bytes }) => ({
      id,
      offset,
      length,
      hex: Buffer.from(bytes).toString('hex'),
    })),
    strings_found: match.stringsFound,
    told: false,
  }
}

/** Printable ASCII, a dot for the rest. */
const previewOf = (hex: string): string =>
  Buffer.from(hex, 'hex')
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '.')

interface Told {
  readonly sets: ReadonlyMap<string, { readonly name: string }>
  readonly scannedWith: RunningSets
  readonly atMs: number
}

const messageOf = (
  row: ArtifactRow,
  fresh: readonly MatchRow[],
  { sets, scannedWith, atMs }: Told,
): ArtifactsMatched => ({
  artifactId: row.sha256,
  name: row.name,
  sha256: row.sha256,
  sha1: row.sha1,
  md5: row.md5,
  sizeBytes: Number(row.size_bytes),
  type: row.type,
  source: row.source,
  tlp: row.tlp,
  uploadedBy: row.uploaded_by,
  atMs,
  retrospective: row.scanned_ms !== null,
  matches: fresh.map(({ set_id, rule, file, tags, meta, strings, strings_found }) => ({
    setId: set_id,
    setName: sets.get(set_id)?.name ?? set_id,
    setVersion: scannedWith.get(set_id)?.version ?? 0,
    rule,
    file,
    tags: [...tags],
    meta,
    strings: strings
      .slice(0, shownStrings)
      .map(({ id, offset, hex }) => ({ identifier: id, offset, preview: previewOf(hex) })),
    stringsFound: strings_found,
  })),
})
