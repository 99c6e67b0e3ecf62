/** A part that a list looks for. */
export interface ListedPart {
  readonly list: number
  /** In lower case, not empty. */
  readonly text: string
}

const headLength = 4

/** Finds which of many parts a text holds, without trying each: parts are kept by their first characters. */
export class SubstringIndex {
  readonly #byHead = new Map<string, ListedPart[]>()
  readonly #headLengths: readonly number[]

  constructor(parts: readonly ListedPart[]) {
    const lengths = new Set<number>()
    for (const part of parts) {
      const head = part.text.slice(0, headLength)
      lengths.add(head.length)
      const others = this.#byHead.get(head)
      if (others) others.push(part)
      else this.#byHead.set(head, [part])
    }
    this.#headLengths = [...lengths]
  }

  /** @param text in lower case */
  *within(text: string): Generator<ListedPart> {
    for (const length of this.#headLengths)
      for (let at = 0; at + length <= text.length; at++)
        for (const part of this.#byHead.get(text.slice(at, at + length)) ?? [])
          if (text.startsWith(part.text, at)) yield part
  }
}
