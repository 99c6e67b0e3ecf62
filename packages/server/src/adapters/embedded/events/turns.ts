/** Runs tasks one after the other, in the order they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(task, task)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Resolves when everything that was waiting has run. */
  async idle(): Promise<void> {
    await this.#last
  }
}
