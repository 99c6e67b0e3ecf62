import { createHash, hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { type ParsedFile, parseRules } from '@watchfloor/engines/sigma'

/** Fewer files than this are read anew quicker than anybody notices. */
const fewFiles = 100
/** Sets of rules that are remembered, and bytes of one. */
const maxSets = 8
const maxSetBytes = 256 * 1024 * 1024

/** Reads rule files, and remembers what came of it: reading YAML takes a hundred times as long as looking it up. */
export interface RuleParser {
  /** As `parseRules`, of the engine. */
  parse(text: string, file: string): ParsedFile
  /** Keeps what had to be read for the next time. A folder that cannot be written is no fault. */
  save(): void
}

export const plainParser: RuleParser = { parse: parseRules, save() {} }

/**
 * A parser that remembers files by their content, in one file of `folder` for each set of named paths. What was kept by
 * another version of the rule reader, or is not as it was written, is not used.
 */
export class RememberingParser implements RuleParser {
  readonly #folder: string
  readonly #path: string
  readonly #version: string
  readonly #known: ReadonlyMap<string, Buffer>
  readonly #used = new Map<string, Buffer | string>()
  #missed = 0

  /** @param paths the rules' folders and files, as they were named */
  constructor(folder: string, paths: readonly string[]) {
    this.#folder = folder
    this.#version = readerVersion()
    const set = hash('sha256', JSON.stringify(paths.map((path) => resolve(path))))
    this.#path = join(folder, `sigma-${set.slice(0, 32)}.cache`)
    this.#known = readKept(this.#path, this.#version)
  }

  parse(text: string, file: string): ParsedFile {
    const key = hash('sha256', text)
    const kept = this.#known.get(key)
    if (kept !== undefined) {
      this.#used.set(key, kept)
      return named(JSON.parse(kept.toString('utf8')) as ParsedFile, file)
    }
    this.#missed++
    const parsed = parseRules(text, '')
    this.#used.set(key, JSON.stringify(parsed))
    return named(parsed, file)
  }

  save(): void {
    try {
      if (this.#missed === 0) {
        if (this.#used.size > 0) utimesSync(this.#path, new Date(), new Date())
      } else if (this.#used.size >= fewFiles) this.#write()
    } catch {
      // It is quicker with what was kept, never wrong without.
    }
  }

  #write(): void {
    const body = Buffer.concat(
      [...this.#used].flatMap(([key, json]) => [Buffer.from(`${key} `), Buffer.from(json), Buffer.from('\n')]),
    )
    if (body.byteLength > maxSetBytes) return
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const unfinished = `${this.#path}.${process.pid}`
    writeFileSync(unfinished, Buffer.concat([headOf(this.#version, body), body]), { mode: 0o600 })
    renameSync(unfinished, this.#path)
    forgetOldest(this.#folder)
  }
}

const keyLength = 64

const headOf = (version: string, body: Uint8Array): Buffer =>
  Buffer.from(`${version} ${hash('sha256', body)}\n`, 'latin1')

function readKept(path: string, version: string): Map<string, Buffer> {
  const kept = new Map<string, Buffer>()
  let all: Buffer
  try {
    if (statSync(path).size > maxSetBytes) return kept
    all = readFileSync(path)
  } catch {
    return kept
  }
  const body = all.subarray(all.indexOf(10) + 1)
  const head = headOf(version, body)
  if (!all.subarray(0, head.byteLength).equals(head)) return kept
  for (let at = 0; at < body.byteLength; ) {
    const end = body.indexOf(10, at)
    kept.set(body.toString('latin1', at, at + keyLength), body.subarray(at + keyLength + 1, end))
    at = end + 1
  }
  return kept
}

/** The same documents, as those of `file`. */
function named({ rules, others, refused, diagnostics }: ParsedFile, file: string): ParsedFile {
  const of = <T>(list: readonly T[]): T[] => list.map((one) => ({ ...one, file }))
  return { rules: of(rules), others: of(others), refused: of(refused), diagnostics: of(diagnostics) }
}

/** Of the sources that read rules, and of what they stand on: a change of any forgets what was kept. */
function readerVersion(): string {
  const { resolve: find } = createRequire(import.meta.url)
  const folder = dirname(find('@watchfloor/engines/sigma'))
  const all = createHash('sha256').update(process.version)
  all.update(readFileSync(join(folder, '../../package.json')))
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
    if (name.endsWith('.ts') && !name.endsWith('.test.ts'))
      all.update(`${name}\0`).update(readFileSync(join(folder, name)))
  return all.digest('hex')
}

function forgetOldest(folder: string): void {
  const sets = readdirSync(folder)
    .filter((name) => /^sigma-[0-9a-f]{32}\.cache/.test(name))
    .map((name) => ({ path: join(folder, name), usedMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.usedMs - a.usedMs)
  for (const { path } of sets.slice(maxSets)) rmSync(path, { force: true })
}
