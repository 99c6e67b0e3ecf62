import type { Page } from 'playwright-core'

/** Asking who is signed in is how the interface finds out that nobody is. */
const always = [/^401 GET \/api\/v1\/me$/]

/** Everything a browser complains of: errors on the console, violations of the content policy, requests that failed. */
export class Faults {
  #found: string[] = []
  #expected: RegExp[] = []

  watch(page: Page): void {
    page.on('pageerror', (error) => this.#found.push(`error ${error.name} ${error.stack || error.message}`))
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return
      // The same answer is told once more, with its status and path, by the listener below.
      if (message.text().startsWith('Failed to load resource')) return
      this.#found.push(`console ${message.type()} ${message.text()}`)
    })
    page.on('response', (response) => {
      if (response.status() < 400) return
      this.#found.push(`${response.status()} ${response.request().method()} ${new URL(response.url()).pathname}`)
    })
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? ''
      // The page itself ends requests whose answer nobody waits for any more, and leaves with the live stream open.
      if (reason === 'net::ERR_ABORTED') return
      this.#found.push(`${reason} ${request.method()} ${new URL(request.url()).pathname}`)
    })
  }

  /** A test that provokes a refusal says so; it holds until the end of the test. */
  expect(...patterns: readonly RegExp[]): void {
    this.#expected.push(...patterns)
  }

  /** What was not expected since the last call. */
  take(): string[] {
    const expected = [...always, ...this.#expected]
    const unexpected = this.#found.filter((fault) => !expected.some((pattern) => pattern.test(fault)))
    this.#found = []
    this.#expected = []
    return unexpected
  }
}
