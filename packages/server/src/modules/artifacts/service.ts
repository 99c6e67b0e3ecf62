import { createHash } from 'node:crypto'
import type {
  Artifact,
  ArtifactDetail,
  ArtifactEdit,
  ArtifactQuery,
  ArtifactUpload,
} from '@watchfloor/contracts/artifacts'
import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type { Blobs } from '../../platform/blobs/blobs.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { Sql, Tx } from '../../platform/sql/sql.ts'
import type { Audit } from '../audit/index.ts'
import type { ArtifactsConfig } from './config.ts'
import { sampleZip } from './quarantine-zip.ts'
import { analyseJob } from './scanning.ts'
import * as store from './store.ts'
import type { ArtifactRow } from './tables.ts'
import { silenceOn } from './yara/silence.ts'

interface Parts {
  readonly sql: Sql
  readonly clock: Clock
  readonly blobs: Blobs
  readonly jobs: Jobs
  readonly audit: Audit
  readonly config: ArtifactsConfig
}

export interface Download {
  readonly fileName: string
  readonly mediaType: string
  readonly content: AsyncIterable<Uint8Array>
}

/** Files that are looked at: kept once each, encrypted, never given out as what they are. */
export class ArtifactStore {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async list(query: ArtifactQuery): Promise<{ items: Artifact[]; next?: string }> {
    const { items, next } = await store.list(this.#parts.sql.db, query)
    return { items: items.map(viewOf), ...(next ? { next } : {}) }
  }

  /** @error NOT_FOUND */
  async get(id: string): Promise<ArtifactDetail> {
    const { db } = this.#parts.sql
    const row = await this.#row(id)
    const [matches, children, parents] = await Promise.all([
      store.matchesOf(db, id),
      store.related(db, id, 'children'),
      store.related(db, id, 'parents'),
    ])
    const setsThatAlert = new Set(matches.filter((match) => match.set_alerts).map((match) => match.set_id))
    const isSilent = await silenceOn(db, id, matches, (setId) => setsThatAlert.has(setId))
    return {
      ...viewOf(row),
      note: row.note,
      facts: row.facts,
      matches: matches.map((match) => ({
        rule: match.rule,
        set: { id: match.set_id, name: match.set_name },
        file: match.file,
        tags: [...match.tags],
        meta: match.meta,
        strings: match.strings,
        stringsFound: match.strings_found,
        isSilent: isSilent(match),
      })),
      children: children.map(relatedOf),
      parents: parents.map(relatedOf),
    }
  }

  /** Keeps a file, and has it looked into. One that is kept already stays as it is. @error BODY_TOO_LARGE · STORAGE_FULL */
  async upload(
    actor: Actor,
    upload: ArtifactUpload,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ artifact: Artifact; isNew: boolean }> {
    const { sql, clock, blobs, jobs, audit, config } = this.#parts
    const hashes = { md5: createHash('md5'), sha1: createHash('sha1') }
    async function* hashed() {
      for await (const part of body) {
        hashes.md5.update(part)
        hashes.sha1.update(part)
        yield part
      }
    }
    const { sha256, sizeBytes } = await blobs.put(hashed(), { maxBytes: config.maxFileBytes })
    const row: ArtifactRow = {
      sha256,
      md5: hashes.md5.digest('hex'),
      sha1: hashes.sha1.digest('hex'),
      size_bytes: sizeBytes,
      name: upload.name,
      type: 'unknown',
      type_title: '',
      facts: null,
      source: upload.source,
      tlp: upload.tlp,
      labels: [],
      note: upload.note,
      is_member: false,
      uploaded_by: actor.name,
      created_ms: clock.now(),
      scan_state: 'waiting',
      scanned_ms: null,
      scan_error: null,
      match_count: 0,
    }
    const isNew = await sql.tx(async (db) => {
      const isAdded = await store.insert(db, row)
      // What was known as a part of something else is now an artifact by itself.
      if (!isAdded) await store.update(db, sha256, { is_member: false })
      await audit.record(db, actor, {
        action: 'artifacts.upload',
        object: { type: 'artifact', id: sha256, title: upload.name },
        after: { sizeBytes, source: upload.source, tlp: upload.tlp, isNew: isAdded },
      })
      await jobs.enqueue(analyseJob, { sha256 }, { db, key: `${analyseJob}:${sha256}` })
      return isAdded
    })
    return { artifact: viewOf(isNew ? row : await this.#row(sha256)), isNew }
  }

  /** @error NOT_FOUND */
  async edit(actor: Actor, id: string, edit: ArtifactEdit): Promise<ArtifactDetail> {
    const before = await this.#row(id)
    const change = Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined)) as ArtifactEdit
    await this.#change(async (db) => {
      await store.update(db, id, change)
      await this.#parts.audit.record(db, actor, {
        action: 'artifacts.edit',
        object: { type: 'artifact', id, title: before.name },
        before: Object.fromEntries(Object.keys(change).map((key) => [key, before[key as keyof ArtifactEdit]])),
        after: change,
      })
    })
    return this.get(id)
  }

  /**
   * Deletes an artifact, and what was packed in it and in nothing else.
   * @error NOT_FOUND · UNPROCESSABLE when the confirmation is neither its name nor its id
   */
  async remove(actor: Actor, id: string, confirm: string): Promise<void> {
    const { name } = await this.#row(id)
    if (confirm !== name && confirm !== id)
      throw new Refusal('UNPROCESSABLE', 'the confirmation is neither the name nor the id of the artifact', {
        remedy: 'Repeat its name.',
      })
    const removed = await this.#parts.sql.tx(async (db) => {
      const gone = [id]
      await store.remove(db, id)
      for (;;) {
        const orphans = await store.orphans(db, 200)
        for (const orphan of orphans) await store.remove(db, orphan)
        gone.push(...orphans)
        if (orphans.length === 0) break
      }
      await this.#parts.audit.record(db, actor, {
        action: 'artifacts.delete',
        object: { type: 'artifact', id, title: name },
        count: gone.length,
      })
      return gone
    })
    for (const sha256 of removed) await this.#parts.blobs.delete(sha256)
  }

  /** Looks into it and scans it once more. @error NOT_FOUND */
  async rescan(actor: Actor, id: string): Promise<{ jobId: string }> {
    const { name } = await this.#row(id)
    const jobId = await this.#change(async (db) => {
      await this.#parts.audit.record(db, actor, {
        action: 'artifacts.scan',
        object: { type: 'artifact', id, title: name },
      })
      return this.#parts.jobs.enqueue(analyseJob, { sha256: id }, { db, key: `${analyseJob}:${id}` })
    })
    return { jobId }
  }

  /** @error NOT_FOUND */
  async download(actor: Actor, id: string, as: 'zip' | 'bytes'): Promise<Download> {
    const row = await this.#row(id)
    const blob = await this.#content(id)
    await this.#change((db) =>
      this.#parts.audit.record(db, actor, {
        action: 'artifacts.download',
        object: { type: 'artifact', id, title: row.name },
        after: { as },
      }),
    )
    if (as === 'bytes') return { fileName: `${id}.bin`, mediaType: 'application/octet-stream', content: blob() }
    return {
      fileName: `${id}.zip`,
      mediaType: 'application/zip',
      content: sampleZip(`${id}.bin`, row.size_bytes, blob),
    }
  }

  /** Some bytes of it, for looking at. @error NOT_FOUND */
  async bytes(
    id: string,
    range: { offset: number; length: number },
  ): Promise<{ offset: number; sizeBytes: number; hex: string }> {
    const { size_bytes: sizeBytes } = await this.#row(id)
    const content = await this.#content(id)
    const parts: Uint8Array[] = []
    let at = 0
    for await (const part of content()) {
      const from = Math.max(0, range.offset - at)
      const to = Math.min(part.byteLength, range.offset + range.length - at)
      if (from < to) parts.push(part.subarray(from, to))
      at += part.byteLength
      if (at >= range.offset + range.length) break
    }
    return { offset: range.offset, sizeBytes, hex: Buffer.concat(parts).toString('hex') }
  }

  async #content(id: string): Promise<() => AsyncIterable<Uint8Array>> {
    const { blobs } = this.#parts
    const gone = () => new Refusal('NOT_FOUND', `the content of artifact ${id} is gone`)
    if (!(await blobs.has(id))) throw gone()
    return async function* read() {
      const blob = await blobs.get(id)
      if (!blob) throw gone()
      yield* blob.content
    }
  }

  #change<Result>(work: (db: Tx) => Promise<Result>): Promise<Result> {
    return this.#parts.sql.tx(work)
  }

  async #row(id: string): Promise<ArtifactRow> {
    const row = await store.get(this.#parts.sql.db, id)
    if (!row) throw new Refusal('NOT_FOUND', `there is no artifact ${id}`)
    return row
  }
}

const relatedOf = (row: store.RelatedRow) => ({
  id: row.sha256,
  path: row.path,
  type: row.type,
  sizeBytes: row.size_bytes,
  matches: row.match_count,
})

const viewOf = (row: store.ListedRow): Artifact => ({
  id: row.sha256,
  md5: row.md5,
  sha1: row.sha1,
  sizeBytes: row.size_bytes,
  name: row.name,
  type: row.type,
  typeTitle: row.type_title,
  source: row.source,
  tlp: row.tlp,
  labels: [...row.labels],
  isMember: row.is_member,
  uploadedBy: row.uploaded_by,
  createdAt: toInstant(row.created_ms),
  scan: {
    state: row.scan_state,
    at: row.scanned_ms === null ? null : toInstant(row.scanned_ms),
    error: row.scan_error,
    matches: row.match_count,
  },
})
