export type DiagnosticLevel = 'error' | 'warning' | 'hint'

export type SigmaCode =
  | 'SIGMA_FILE_TOO_LARGE'
  | 'SIGMA_YAML_SYNTAX'
  | 'SIGMA_YAML_TOO_DEEP'
  | 'SIGMA_YAML_ALIASES'
  | 'SIGMA_YAML_DUPLICATE_KEY'
  | 'SIGMA_NOT_A_RULE'
  | 'SIGMA_OLD_ACTION'
  | 'SIGMA_MISSING_ATTRIBUTE'
  | 'SIGMA_UNKNOWN_ATTRIBUTE'
  | 'SIGMA_WRONG_TYPE'
  | 'SIGMA_TOO_LONG'
  | 'SIGMA_DUPLICATE_ITEM'
  | 'SIGMA_BAD_ID'
  | 'SIGMA_BAD_DATE'
  | 'SIGMA_BAD_TAG'
  | 'SIGMA_UNKNOWN_STATUS'
  | 'SIGMA_UNKNOWN_LEVEL'
  | 'SIGMA_UNKNOWN_RELATION'
  | 'SIGMA_UNKNOWN_TAXONOMY'
  | 'SIGMA_EMPTY_LOGSOURCE'
  | 'SIGMA_BAD_SELECTION'
  | 'SIGMA_EMPTY_SELECTION'
  | 'SIGMA_TOO_MANY_VALUES'
  | 'SIGMA_NULL_IN_LIST'
  | 'SIGMA_MATCHES_EVERYTHING'
  | 'SIGMA_UNKNOWN_MODIFIER'
  | 'SIGMA_MODIFIER_COMBINATION'
  | 'SIGMA_MODIFIER_VALUE'
  | 'SIGMA_ALL_NEEDS_LIST'
  | 'SIGMA_BAD_REGEX'
  | 'SIGMA_BAD_NETWORK'
  | 'SIGMA_TOO_MANY_VARIANTS'
  | 'SIGMA_TOO_MANY_WILDCARDS'
  | 'SIGMA_PLACEHOLDER_UNKNOWN'
  | 'SIGMA_PLACEHOLDERS_INVALID'
  | 'SIGMA_CONDITION_SYNTAX'
  | 'SIGMA_CONDITION_TOO_DEEP'
  | 'SIGMA_OLD_AGGREGATION'
  | 'SIGMA_UNDEFINED_SELECTION'
  | 'SIGMA_UNUSED_SELECTION'
  | 'SIGMA_UNUSUAL_COUNT'
  | 'SIGMA_CORRELATION_INVALID'
  | 'SIGMA_CORRELATION_UNKNOWN_RULE'
  | 'SIGMA_CORRELATION_AMBIGUOUS_RULE'
  | 'SIGMA_CORRELATION_CYCLE'
  | 'SIGMA_CORRELATION_FIELD'
  | 'SIGMA_CORRELATION_ALIAS'
  | 'SIGMA_FILTER_INVALID'
  | 'SIGMA_FILTER_UNKNOWN_RULE'
  | 'SIGMA_FILTER_LOGSOURCE'
  | 'SIGMA_PIPELINE_INVALID'
  | 'SIGMA_PIPELINE_UNKNOWN'
  | 'SIGMA_PIPELINE_NO_EFFECT'
  | 'SIGMA_PIPELINE_REFUSED'

/** One thing to say about a rule file. Lines and columns count from 1; columns count UTF-16 units. */
export interface Diagnostic {
  readonly code: SigmaCode
  readonly level: DiagnosticLevel
  readonly message: string
  readonly remedy?: string
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface Position {
  readonly line: number
  readonly column: number
}

/** A file can be wrong in a hundred thousand places; nobody reads more than these. */
const MAX_DIAGNOSTICS = 1_000

/** Collects what is to be said about one file, in the order it was found. */
export class DiagnosticSink {
  readonly file: string
  readonly list: Diagnostic[] = []
  errors = 0

  constructor(file: string) {
    this.file = file
  }

  error(code: SigmaCode, at: Position, message: string, remedy?: string): void {
    this.errors++
    this.#add('error', code, at, message, remedy)
  }

  warning(code: SigmaCode, at: Position, message: string, remedy?: string): void {
    this.#add('warning', code, at, message, remedy)
  }

  hint(code: SigmaCode, at: Position, message: string, remedy?: string): void {
    this.#add('hint', code, at, message, remedy)
  }

  #add(level: DiagnosticLevel, code: SigmaCode, at: Position, message: string, remedy: string | undefined): void {
    if (this.list.length >= MAX_DIAGNOSTICS) return
    const { line, column } = at
    this.list.push({ code, level, message, ...(remedy === undefined ? {} : { remedy }), file: this.file, line, column })
  }
}

/** Text from a rule, short enough to stand in a message. */
export const quoted = (text: string): string => `"${text.length > 80 ? `${text.slice(0, 77)}…` : text}"`
