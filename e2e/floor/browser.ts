import { type Browser, chromium } from 'playwright-core'

/** Debian's Chromium, unless `WATCHFLOOR_TEST_BROWSER` names another. */
const executablePath = process.env.WATCHFLOOR_TEST_BROWSER ?? '/usr/bin/chromium'

/** @throws when there is no browser; the message says how to get one */
export async function launchBrowser(): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
  } catch (error) {
    const remedy = 'as root: apt-get install chromium, or name another with WATCHFLOOR_TEST_BROWSER'
    throw new Error(`the browser ${executablePath} does not start (${remedy})`, { cause: error })
  }
}
