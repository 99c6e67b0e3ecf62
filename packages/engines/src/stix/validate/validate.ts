import type { StixObject } from '../../stix-pattern/index.ts'
import { boundProblem } from '../bounds.ts'
import { judgeInteroperability, Producers } from './interoperability.ts'
import { IssueList, type StixIssue } from './issue.ts'
import { schemaProblems } from './json-schema.ts'
import { MarkingCycles } from './marking-cycles.ts'
import { judgeObject } from './object.ts'
import { type ValidationOptions, wantedChecks } from './options.ts'
import { judgeVersion2_0 } from './version-2-0.ts'
import { isObject } from './walk.ts'

export interface StixReport {
  /** Nothing is forbidden; with `strict`, nothing is advised against either. */
  readonly valid: boolean
  readonly issues: readonly StixIssue[]
}

/** Ids remembered of one bundle; beyond, what compares objects with each other is left out. */
const MAX_REMEMBERED = 2_000_000

/**
 * Judges a text or a parsed value: one object, a bundle, or a list of these.
 * @error UnknownCheck is thrown when the options name a check that there is not
 */
export function validateStix(input: unknown, options: ValidationOptions = {}): StixReport {
  const validation = new StixValidation(options)
  const issues: StixIssue[] = []
  const parsed = typeof input === 'string' ? parse(input) : { value: input }
  if ('problem' in parsed) issues.push(notJson(parsed.problem))
  else {
    const list = Array.isArray(parsed.value) ? parsed.value : [parsed.value]
    for (const [i, one] of list.entries()) {
      const place = list.length > 1 ? `[${i}]` : ''
      if (isObject(one) && one.type === 'bundle') issues.push(...validation.bundle(one, place))
      else issues.push(...validation.object(one, { place }))
    }
    issues.push(...validation.finish())
  }
  return { valid: isValid(issues, options), issues }
}

export const isValid = (issues: readonly StixIssue[], { strict = false }: ValidationOptions): boolean =>
  strict ? issues.length === 0 : issues.every(({ level }) => level !== 'error')

function parse(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

const notJson = (problem: string): StixIssue => ({
  level: 'error',
  code: 'STIX_NOT_JSON',
  id: '',
  path: '',
  message: problem.slice(0, 200),
  remedy: 'mend the JSON',
})

/** Judges objects one after the other, as they come out of a stream, and at the end what concerns several of them. */
export class StixValidation {
  readonly #options: ValidationOptions
  readonly #isWanted: ReturnType<typeof wantedChecks>
  readonly #versions = new Set<string>()
  readonly #ids = new Set<string>()
  readonly #joined = new Map<string, string>()
  readonly #producers = new Producers()
  readonly #markings = new MarkingCycles()

  constructor(options: ValidationOptions = {}) {
    this.#options = options
    this.#isWanted = wantedChecks(options)
  }

  /** A bundle that is in memory as a whole. */
  bundle(bundle: StixObject, place = ''): readonly StixIssue[] {
    const { objects } = bundle
    const around = Array.isArray(objects) ? { ...bundle, objects: objects.slice(0, 1) } : bundle
    const found = [...this.object(around, { place })]
    const version = typeof bundle.spec_version === 'string' ? bundle.spec_version : undefined
    for (const [i, one] of Array.isArray(objects) ? objects.entries() : [])
      found.push(
        ...this.object(one, { place: `${place === '' ? '' : `${place}.`}objects[${i}]`, bundled: version ?? '2.1' }),
      )
    return found
  }

  /**
   * One object.
   * @param place where it was found, put in front of paths
   * @param bundled the version of the bundle that it is in
   */
  object(
    value: unknown,
    { place = '', bundled }: { readonly place?: string; readonly bundled?: string } = {},
  ): readonly StixIssue[] {
    const id = isObject(value) && typeof value.id === 'string' ? value.id.slice(0, 300) : ''
    const issues = new IssueList(id, place, this.#isWanted)
    const bound = boundProblem(value)
    if (bound !== undefined)
      issues.error(bound, '', bound === 'STIX_TOO_DEEP' ? 'it nests too deep' : 'it has too many values', 'split it')
    else if (!isObject(value))
      issues.error('STIX_NOT_AN_OBJECT', '', 'it is no object', 'write an object with type and id')
    else if (typeof value.type !== 'string')
      issues.error('STIX_NO_TYPE', 'type', 'an object must have a type', 'give it a type such as indicator')
    else {
      this.#judge(value, issues, bundled)
      if (bundled !== undefined) this.#compare(value, issues)
    }
    return issues.issues
  }

  #judge(object: StixObject, issues: IssueList, bundled: string | undefined): void {
    const options = this.#options
    const stated = typeof object.spec_version === 'string' ? object.spec_version : undefined
    const version = options.version ?? versionOf(object, stated, bundled)
    if (options.version !== undefined && stated !== undefined && stated !== options.version)
      issues.warning(
        'spec-version',
        'spec_version',
        `it says ${stated.slice(0, 20)}, and is judged by ${options.version}`,
        'judge it by its own version',
      )
    if (version === '2.0') judgeVersion2_0(object, issues, options)
    else
      judgeObject(
        options.version === undefined ? object : { ...object, ...(stated === '2.0' ? { spec_version: '2.1' } : {}) },
        issues,
        options,
      )
    if (options.interop && version !== '2.0') judgeInteroperability(object, issues)
    this.#judgeSchemas(object, issues)
  }

  #judgeSchemas(object: StixObject, issues: IssueList): void {
    const { schemas } = this.#options
    if (schemas === undefined) return
    const names = [String(object.type), ...(isObject(object.extensions) ? Object.keys(object.extensions) : [])]
    for (const name of names) {
      const schema = schemas.get(name)
      if (schema === undefined) continue
      try {
        for (const { path, message } of schemaProblems(object, schema, schemas))
          issues.error('STIX_SCHEMA', path, `${message} (schema ${name.slice(0, 100)})`, 'mend it, or the schema')
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        issues.error(
          'STIX_SCHEMA',
          '',
          `the schema ${name.slice(0, 100)} cannot be used: ${why.slice(0, 200)}`,
          'mend the schema',
        )
      }
    }
  }

  #compare(object: StixObject, issues: IssueList): void {
    const { id, modified, type, source_ref: source, target_ref: target } = object
    if (typeof id !== 'string') return
    if (typeof modified === 'string') {
      const version = `${id} ${modified}`
      if (this.#versions.has(version))
        issues.warning(
          'duplicate-ids',
          'modified',
          'the bundle has the same version of this object already',
          'leave one out, or give it a time of its own',
        )
      else if (this.#versions.size < MAX_REMEMBERED) this.#versions.add(version)
    }
    this.#markings.see(object)
    if (this.#options.interop) this.#producers.see(object)
    if (!this.#options.enforceRefs || this.#ids.size >= MAX_REMEMBERED) return
    this.#ids.add(id)
    if (type !== 'relationship') return
    for (const ref of [source, target]) if (typeof ref === 'string') this.#joined.set(`${id} ${ref}`, ref)
  }

  /** What can be told when all objects have been seen. */
  finish(): readonly StixIssue[] {
    const found: StixIssue[] = []
    for (const [key, ref] of this.#joined) {
      if (this.#ids.has(ref)) continue
      const issues = new IssueList(key.slice(0, key.indexOf(' ')), '', this.#isWanted)
      issues.error('STIX_DANGLING_REFERENCE', '', `${ref.slice(0, 100)} is not in the bundle`, 'add it')
      found.push(...issues.issues)
    }
    for (const id of this.#markings.inCycles()) {
      const issues = new IssueList(id, '', this.#isWanted)
      issues.error('STIX_CIRCULAR_MARKING', '', 'it is marked by markings that it marks', 'take one of them out')
      found.push(...issues.issues)
    }
    for (const [id, producer] of this.#producers.missing()) {
      const issues = new IssueList(id, '', this.#isWanted)
      issues.error(
        'STIX_INTEROPERABILITY',
        'created_by_ref',
        `${producer.slice(0, 100)} is not in the bundle`,
        'add the identity',
      )
      found.push(...issues.issues)
    }
    return found
  }
}

/** STIX 2.0 knew no version on objects, and observables were none of them. @source STIX 2.1 section 3.1 */
function versionOf(object: StixObject, stated: string | undefined, bundled: string | undefined): '2.0' | '2.1' {
  if (stated === '2.0' || bundled === '2.0') return '2.0'
  const isOfBundle = bundled !== undefined && stated === undefined && object.created !== undefined
  return isOfBundle ? '2.0' : '2.1'
}
