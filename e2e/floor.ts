import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { launchBrowser } from './floor/browser.ts'
import { Faults } from './floor/faults.ts'
import { FloorApi } from './floor/floor-api.ts'
import { type RunningFloor, startServer } from './floor/server.ts'
import { administrator, signIn } from './floor/sign-in.ts'

/** Where pictures are written; git does not keep them. */
export const shotsFolder = fileURLToPath(new URL('shots', import.meta.url))

export interface FloorOptions {
  /** Without an administrator the server offers its one-time set-up link. */
  readonly withoutAdministrator?: boolean
}

/**
 * One floor for the tests of a file: a real server on an empty data directory and a real browser.
 * After every test it fails when the browser complained of anything that the test did not expect.
 */
export class Floor {
  readonly faults = new Faults()
  #server: RunningFloor | undefined
  #browser: Browser | undefined
  #session: Exclude<BrowserContextOptions['storageState'], string | undefined> | undefined
  readonly #contexts: BrowserContext[] = []

  get server(): RunningFloor {
    if (!this.#server) throw new Error('the server is not started yet')
    return this.#server
  }

  /** Calls of the API as the server's own administrator, to prepare what a test looks at. */
  get api(): FloorApi {
    return new FloorApi(this.server)
  }

  /** A browser of its own: no cookies, no storage. */
  async browserWindow(options: BrowserContextOptions = {}): Promise<Page> {
    if (!this.#browser) throw new Error('the browser is not started yet')
    const context = await this.#browser.newContext({
      baseURL: this.server.url,
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      colorScheme: 'light',
      locale: 'en-GB',
      timezoneId: 'Europe/Zurich',
      ...options,
    })
    context.setDefaultTimeout(10_000)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.server.url })
    this.#contexts.push(context)
    const page = await context.newPage()
    this.faults.watch(page)
    return page
  }

  /** A window in which the administrator is signed in, at `path`. They sign in once; the other windows share that session. */
  async administratorAt(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (!this.#session) {
      const first = await this.browserWindow()
      await signIn(first, administrator)
      this.#session = await first.context().storageState()
    }
    const page = await this.browserWindow({ storageState: this.#session, ...options })
    await page.goto(path)
    await page.locator('main').waitFor()
    return page
  }

  async open(options: FloorOptions): Promise<void> {
    const [server, browser] = await Promise.all([
      startServer(options.withoutAdministrator ? {} : { administrator }),
      launchBrowser(),
    ])
    this.#server = server
    this.#browser = browser
  }

  /** What every window shows, for whoever has to mend the test. */
  async picture(name: string): Promise<void> {
    const file = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 120)
    const pages = this.#contexts.flatMap((context) => context.pages())
    for (const [index, page] of pages.entries())
      await page
        .screenshot({ path: join(shotsFolder, 'failed', `${file}-${index}.png`), timeout: 3000 })
        .catch(() => {})
  }

  /** Closes the windows of the last test. */
  async closeWindows(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close()
  }

  async close(): Promise<void> {
    await this.closeWindows()
    await this.#browser?.close()
    await this.#server?.stop()
  }
}

/** Opens a floor before the tests of this file and closes it behind them. */
export function openFloor(options: FloorOptions = {}): Floor {
  const floor = new Floor()
  beforeAll(() => floor.open(options))
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await floor.picture(task.name)
    await floor.closeWindows()
    const unexpected = floor.faults.take()
    expect(unexpected, 'what the browser complained of').toEqual([])
  })
  afterAll(() => floor.close())
  return floor
}
