import type { SourceTree } from './source-tree.ts'

export interface Violation {
  readonly rule: string
  /** `packages/x/src/y.ts:12` */
  readonly where: string
  readonly message: string
}

/** One law of the house. Each has a planted violation in `rules.test.ts` that proves it can fail. */
export interface Rule {
  readonly name: string
  /** Why it is a law: shown with its violations. */
  readonly why: string
  find(tree: SourceTree): Iterable<{ where: string; message: string }>
}
