/** A file of YARA rules. Its path is the namespace of its rules. */
export interface YaraFile {
  readonly path: string
  readonly text: string
}

export interface YaraDiagnostic {
  /** Stable: `YARA_E009`, of the compiler; `YARA_INCLUDE_UNKNOWN`, `YARA_DUPLICATE_RULE`, of ours. */
  readonly code: string
  readonly level: 'error' | 'warning'
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly column: number
  /** The rule that it keeps from running, or is about; absent for what stands outside rules. */
  readonly rule?: string
  readonly message: string
}

export interface YaraString {
  /** With its mark: `$a`. */
  readonly id: string
  readonly offset: number
  readonly length: number
  /** The bytes that matched, the first of them. */
  readonly bytes: Uint8Array
}

export interface YaraMatch {
  readonly rule: string
  readonly namespace: string
  readonly tags: readonly string[]
  readonly meta: readonly (readonly [name: string, value: string | number | boolean])[]
  /** Bounded by `YaraLimits.stringsPerRule`, ordered by offset. */
  readonly strings: readonly YaraString[]
  /** All that were found, those left out counted too. */
  readonly stringsFound: number
}

export interface YaraLimits {
  /** A file may take so long; then whatever scans it is ended, and the scan fails with `YaraTimeout`. */
  readonly timeoutMs: number
  /** Of one pattern; conditions count no further (`#a > 5000` never holds where this is 1000). */
  readonly matchesPerPattern: number
  readonly stringsPerRule: number
  /** Of a string that matched. */
  readonly bytesPerString: number
}

export const defaultYaraLimits: YaraLimits = {
  timeoutMs: 30_000,
  matchesPerPattern: 1000,
  stringsPerRule: 100,
  bytesPerString: 64,
}

/** What a rule may ask of a file beside its bytes. */
export interface YaraFileNames {
  readonly filename: string
  readonly filepath: string
  readonly extension: string
  readonly filetype: string
  readonly owner: string
}

/** What is scanned: bytes, content that comes in pieces (from the beginning with each call) and is as long as it is said to be, or a file that the scanner reads by itself. */
export type YaraTarget =
  | { readonly bytes: Uint8Array }
  | { readonly content: () => AsyncIterable<Uint8Array>; readonly sizeBytes: number }
  | { readonly path: string; readonly maxBytes: number }

export interface YaraRuleSet {
  readonly engine: 'native' | 'wasm'
  /** Rules that run. */
  readonly rules: number
  /** Rules that were found, refused ones too. */
  readonly found: number
  readonly compileMs: number
  readonly diagnostics: readonly YaraDiagnostic[]
}

/** @throws YaraTimeout · YaraCrashed · Error when the file cannot be read */
export interface Yara {
  /**
   * Compiles rules and scans with them from then on; those before are given back. Rules with errors are left out and listed.
   * @throws YaraTimeout · YaraCrashed when the rules cannot be compiled in time or memory; then none are loaded
   */
  load(files: readonly YaraFile[]): Promise<YaraRuleSet>
  /** Says what is wrong with rules, without loading them. */
  check(files: readonly YaraFile[]): Promise<YaraRuleSet>
  scan(target: YaraTarget, names: Partial<YaraFileNames>, limits?: Partial<YaraLimits>): Promise<readonly YaraMatch[]>
  close(): Promise<void>
}

/** The rules on this file took longer than they may. */
export class YaraTimeout extends Error {
  constructor(what: string, timeoutMs: number) {
    super(`${what} took longer than ${timeoutMs} ms and was ended`)
    this.name = 'YaraTimeout'
  }
}

/** The scanner's process died, or took more memory than it may. */
export class YaraCrashed extends Error {
  constructor(cause: string) {
    super(`the YARA scanner ended while it worked: ${cause}`)
    this.name = 'YaraCrashed'
  }
}

/** The scanner was closed before the work was done. Says nothing about the work. */
export class YaraClosed extends Error {
  constructor() {
    super('the YARA scanner is stopped')
    this.name = 'YaraClosed'
  }
}
