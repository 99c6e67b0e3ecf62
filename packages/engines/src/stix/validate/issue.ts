import type { CheckName } from './check-names.ts'

export type StixLevel = 'error' | 'warning'

/** What the specification forbids. */
export type StixErrorCode =
  | 'STIX_NOT_JSON'
  | 'STIX_NOT_AN_OBJECT'
  | 'STIX_TOO_DEEP'
  | 'STIX_TOO_LARGE'
  | 'STIX_NO_TYPE'
  | 'STIX_BAD_TYPE'
  | 'STIX_REQUIRED'
  | 'STIX_WRONG_KIND'
  | 'STIX_EMPTY'
  | 'STIX_OUT_OF_RANGE'
  | 'STIX_NOT_LISTED'
  | 'STIX_BAD_ID'
  | 'STIX_ID_VERSION'
  | 'STIX_WRONG_REFERENCE'
  | 'STIX_BAD_TIMESTAMP'
  | 'STIX_TIME_ORDER'
  | 'STIX_BAD_VALUE'
  | 'STIX_BAD_HASH'
  | 'STIX_BAD_NAME'
  | 'STIX_RESERVED'
  | 'STIX_PROPERTIES'
  | 'STIX_BAD_EXTENSION'
  | 'STIX_BAD_EXTERNAL_ID'
  | 'STIX_BAD_LANGUAGE'
  | 'STIX_BAD_SELECTOR'
  | 'STIX_CIRCULAR_MARKING'
  | 'STIX_BAD_MARKING'
  | 'STIX_BAD_PATTERN'
  | 'STIX_BAD_VERSION'
  | 'STIX_DANGLING_REFERENCE'
  | 'STIX_INTEROPERABILITY'
  | 'STIX_SCHEMA'

export type StixIssueCode = StixErrorCode | CheckName

/** One thing that the specification forbids (an error: MUST) or advises against (a warning: SHOULD). */
export interface StixIssue {
  readonly level: StixLevel
  readonly code: StixIssueCode
  /** Of the object; empty when it has none that can be read. */
  readonly id: string
  /** Where in it: `external_references[0].url`; empty for the whole. */
  readonly path: string
  readonly message: string
  readonly remedy: string
}

/** More of one object help nobody, and a hostile one could have millions. */
const MAX_ISSUES = 200

/** Gathers the issues of one object. */
export class IssueList {
  readonly issues: StixIssue[] = []
  readonly #id: string
  readonly #place: string
  readonly #isWanted: (check: CheckName) => boolean

  /** @param place where the object was found: `objects[3]`; put in front of paths */
  constructor(id: string, place: string, isWanted: (check: CheckName) => boolean) {
    this.#id = id
    this.#place = place
    this.#isWanted = isWanted
  }

  error(code: StixErrorCode, path: string, message: string, remedy: string): void {
    this.#add('error', code, path, message, remedy)
  }

  /** Left out when the check is switched off. */
  warning(code: CheckName, path: string, message: string, remedy: string): void {
    if (this.#isWanted(code)) this.#add('warning', code, path, message, remedy)
  }

  get isFull(): boolean {
    return this.issues.length >= MAX_ISSUES
  }

  #add(level: StixLevel, code: StixIssueCode, path: string, message: string, remedy: string): void {
    if (this.isFull) return
    const at = [this.#place, path.replace(/\.$/, '')].filter((part) => part !== '').join('.')
    this.issues.push({ level, code, id: this.#id, path: at, message, remedy })
  }
}

const MAX_SHOWN = 60

/** A value, short enough to stand in a message. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? value : typeof value === 'object' && value !== null ? 'an object' : String(value)
  return `"${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text}"`
}

const FEW = 8

/** `a, b or c`; of many the first few. */
export function alternatives(values: readonly string[]): string {
  if (values.length > FEW) return `${values.slice(0, FEW).join(', ')}, …`
  return values.length < 2 ? (values[0] ?? '') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}
