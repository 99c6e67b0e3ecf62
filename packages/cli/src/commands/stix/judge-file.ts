import { createReadStream } from 'node:fs'
import {
  type BundlePiece,
  BundleSplitter,
  type StixIssue,
  type StixObject,
  StixValidation,
  type ValidationOptions,
} from '@watchfloor/engines/stix'
import { gunzip } from '../../input/gzip.ts'
import { defaultLimits } from '../../input/piece.ts'
import { Failure } from '../../output/failure.ts'

export interface JudgedFile {
  readonly name: string
  readonly objects: number
  readonly errors: number
  readonly warnings: number
  readonly valid: boolean
}

/**
 * Judges a file of any size, one object at a time.
 * @param path undefined reads what is piped in
 * @throws Failure when it cannot be read
 */
export async function judgeStixFile(
  name: string,
  path: string | undefined,
  options: ValidationOptions,
  tell: (issue: StixIssue) => void,
): Promise<JudgedFile> {
  const judging = new FileJudging(options, tell)
  const splitter = new BundleSplitter()
  try {
    for await (const chunk of textOf(path)) judging.take(splitter.push(chunk))
  } catch (error) {
    throw new Failure(`cannot read ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
  judging.take(splitter.end())
  judging.end()
  const { objects, errors, warnings } = judging
  return { name, objects, errors, warnings, valid: errors === 0 && !(options.strict && warnings > 0) && objects > 0 }
}

async function* textOf(path: string | undefined): AsyncGenerator<string> {
  const bytes: AsyncIterable<Uint8Array> = path === undefined ? process.stdin : createReadStream(path)
  const unpacked = path?.toLowerCase().endsWith('.gz') ? gunzip(bytes, defaultLimits) : bytes
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const part of unpacked) yield decoder.decode(part, { stream: true })
  yield decoder.decode()
}

class FileJudging {
  objects = 0
  errors = 0
  warnings = 0
  readonly #validation: StixValidation
  readonly #tell: (issue: StixIssue) => void

  constructor(options: ValidationOptions, tell: (issue: StixIssue) => void) {
    this.#validation = new StixValidation(options)
    this.#tell = tell
  }

  take(pieces: readonly BundlePiece[]): void {
    for (const piece of pieces) {
      if (piece.kind === 'problem') this.#problem(piece)
      else if (piece.kind === 'envelope') this.#envelope(piece)
      else this.#object(piece)
    }
  }

  end(): void {
    this.#count(this.#validation.finish())
    if (this.objects > 0 || this.errors > 0) return
    this.#count([problemIssue('', 'it holds no object of STIX', 'give it a bundle, a list or an object')])
  }

  #problem({ message, index, isEnd }: Extract<BundlePiece, { kind: 'problem' }>): void {
    const place = index === undefined ? '' : `objects[${index}]`
    this.#count([problemIssue(place, message, isEnd ? 'mend the JSON; nothing after this was read' : 'mend the JSON')])
  }

  /** A bundle without its objects, an object on its own, or what TAXII puts around objects, which is no object. */
  #envelope({ value, hasObjects }: Extract<BundlePiece, { kind: 'envelope' }>): void {
    if (hasObjects && value.type === undefined) return
    this.objects++
    if (value.type === 'bundle') this.#count(this.#validation.bundle(value))
    else this.#count(this.#validation.object(value))
  }

  #object({ value, index, within, bundleVersion }: Extract<BundlePiece, { kind: 'object' }>): void {
    this.objects++
    const place = within === 'list' ? `[${index}]` : `objects[${index}]`
    if (isBundle(value)) this.#count(this.#validation.bundle(value, place))
    else
      this.#count(
        this.#validation.object(value, within === 'list' ? { place } : { place, bundled: bundleVersion ?? '2.1' }),
      )
  }

  #count(issues: readonly StixIssue[]): void {
    for (const issue of issues) {
      if (issue.level === 'error') this.errors++
      else this.warnings++
      this.#tell(issue)
    }
  }
}

const isBundle = (value: unknown): value is StixObject =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'bundle'

const problemIssue = (path: string, message: string, remedy: string): StixIssue => ({
  level: 'error',
  code: 'STIX_NOT_JSON',
  id: '',
  path,
  message,
  remedy,
})
