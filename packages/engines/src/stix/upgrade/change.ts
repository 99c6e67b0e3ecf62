/** What was done to a part of an object on its way from STIX 2.0 to 2.1. */
export type ChangeKind = 'added' | 'renamed' | 'moved' | 'rewritten' | 'dropped'

export interface UpgradeChange {
  /** Of the object that was upgraded. */
  readonly id: string
  readonly kind: ChangeKind
  /** Where it was, or where it is when it was added: `labels[0]`. */
  readonly path: string
  /** Where it is now, when it has another name or place. */
  readonly to?: string
  readonly why: string
}

/** Changes of one object told one by one; the others are counted alone. */
const MAX_CHANGES = 1000

/** Gathers what was done to one object. */
export class ChangeList {
  readonly changes: UpgradeChange[] = []
  /** Changes beyond those that are told. */
  untold = 0
  readonly #id: string

  constructor(id: string) {
    this.#id = id
  }

  add(kind: ChangeKind, path: string, why: string, to?: string): void {
    if (this.changes.length >= MAX_CHANGES) this.untold++
    else this.changes.push({ id: this.#id, kind, path, why, ...(to === undefined ? {} : { to }) })
  }
}
