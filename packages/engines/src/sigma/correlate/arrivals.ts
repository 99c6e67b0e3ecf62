import { type Group, newGroup } from './group.ts'

/** The groups of one correlation, found by key and linked in the order of their latest arrivals. */
export class Arrivals {
  readonly #byKey = new Map<string, Group>()
  #oldest: Group | null = null
  #newest: Group | null = null

  get size(): number {
    return this.#byKey.size
  }

  /** The group whose latest match came in longest ago. */
  get oldest(): Group | null {
    return this.#oldest
  }

  get(key: string): Group | undefined {
    return this.#byKey.get(key)
  }

  /** Adds a group behind all others. */
  open(key: string): Group {
    const group = newGroup(key)
    this.#byKey.set(key, group)
    this.#append(group)
    return group
  }

  /** A match of the group has come in. */
  touch(group: Group): void {
    if (this.#newest === group) return
    this.#unlink(group)
    this.#append(group)
  }

  remove(group: Group): void {
    this.#byKey.delete(group.key)
    this.#unlink(group)
  }

  *[Symbol.iterator](): Iterator<Group> {
    for (let group = this.#oldest; group !== null; group = group.newer) yield group
  }

  #append(group: Group): void {
    group.older = this.#newest
    group.newer = null
    if (this.#newest === null) this.#oldest = group
    else this.#newest.newer = group
    this.#newest = group
  }

  #unlink({ older, newer }: Group): void {
    if (older === null) this.#oldest = newer
    else older.newer = newer
    if (newer === null) this.#newest = older
    else newer.older = older
  }
}
