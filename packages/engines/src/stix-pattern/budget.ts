/** The search for a match took more steps than it may. */
export class SearchLimit extends Error {
  readonly steps: number

  constructor(steps: number) {
    super(`no decision within ${steps} steps`)
    this.name = 'SearchLimit'
    this.steps = steps
  }
}

/** Steps that a search may take. A step is a look at one observation or one choice. */
export class SearchBudget {
  readonly steps: number
  #left: number

  constructor(steps: number) {
    this.steps = steps
    this.#left = steps
  }

  /** @throws SearchLimit */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new SearchLimit(this.steps)
  }
}
