import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { seriousFindings } from './floor/accessibility.ts'
import { changeTheme, everyPage, settled } from './floor/every-page.ts'
import { type MadeFloor, makeFloor } from './floor/made-floor.ts'
import { openFloor, shotsFolder } from './floor.ts'

/** `WATCHFLOOR_E2E_SHOTS=1` writes a picture of every page in every state, for somebody to look at. */
const takesPictures = process.env.WATCHFLOOR_E2E_SHOTS === '1'
const phone = { width: 390, height: 844 }
const laptop = { width: 1280, height: 800 }
const desk = { width: 1920, height: 1080 }

const floor = openFloor()
let made: MadeFloor | undefined

beforeAll(async () => {
  const page = await floor.administratorAt('/')
  // Before there is anything, the pages say what would be there.
  if (takesPictures)
    for (const [name, path] of everyPage) {
      const address = path({ alertId: 'none', eventId: 'none', ruleId: 'none', sourceId: 'none' })
      if (address.includes('none')) continue
      await page.goto(address)
      await settled(page)
      await picture(page, `empty/${name}`)
    }
  made = await makeFloor(floor.api, Date.now())
  await floor.closeWindows()
})

async function picture(page: Page, name: string): Promise<void> {
  if (!takesPictures) return
  await mkdir(join(shotsFolder, name, '..'), { recursive: true })
  await page.screenshot({ path: join(shotsFolder, `${name}.png`) })
}

async function visit(path: string, colorScheme: 'light' | 'dark'): Promise<Page> {
  const page = await floor.administratorAt(path, { colorScheme })
  await settled(page)
  return page
}

/** How many pixels the page is wider than its window. */
const overflowPx = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** How many pixels the widest list is wider than its place. */
const tableOverflowPx = (page: Page): Promise<number> =>
  page.evaluate(() =>
    Math.max(
      0,
      ...[...document.querySelectorAll('[data-table]')].map((table) => table.scrollWidth - table.clientWidth),
    ),
  )

it.each(everyPage)(
  '%s: no serious finding of axe in light and dark; fits a telephone, a laptop and a desk',
  async (name, path) => {
    const page = await visit(path(made!), 'light')
    for (const theme of ['light', 'dark'] as const) {
      await changeTheme(page, theme)
      expect.soft(await seriousFindings(page), theme).toEqual([])
    }
    for (const [width, size] of Object.entries({ 1280: laptop, 390: phone, 1920: desk })) {
      await page.setViewportSize(size)
      await settled(page)
      expect.soft(await overflowPx(page), `${width} px wide`).toBeLessThanOrEqual(0)
      // Only columns that somebody added may make a list scroll sideways.
      if (name !== 'hunt-columns')
        expect.soft(await tableOverflowPx(page), `list, ${width} px wide`).toBeLessThanOrEqual(0)
      for (const theme of ['dark', 'light'] as const) {
        if (!takesPictures || (size === phone && theme === 'dark')) continue
        await changeTheme(page, theme)
        await picture(page, `${theme}-${width}/${name}`)
      }
    }
  },
)

it('has no serious finding on the login page', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await floor.browserWindow({ colorScheme })
    await page.goto('/login')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await picture(page, `${colorScheme}-1280/login`)
  }
})

it('says on every page that reads something what is wrong when the server does not answer', async () => {
  floor.faults.expect(/^5\d\d /, /net::ERR_FAILED/)
  const reading = everyPage.filter(([name]) => !['rule-new', 'rule-import', 'not-found', 'account'].includes(name))
  const page = await visit('/account', 'light')
  await page.context().route(/\/(api\/v1|health)\/(?!me$|live)/, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/json',
      body: JSON.stringify({
        code: 'UNAVAILABLE',
        message: 'The database does not answer',
        remedy: 'Look at the System page.',
        requestId: '00000000-0000-4000-8000-000000000000',
      }),
    }),
  )
  const silent: string[] = []
  const look = async ([name, path]: (typeof everyPage)[number]) => {
    const tab = await page.context().newPage()
    floor.faults.watch(tab)
    await tab.goto(path(made!))
    const said = tab.getByText('The database does not answer').first()
    // The interface asks a few times before it says so.
    await said.waitFor({ timeout: 20_000 }).catch(() => silent.push(name))
    await picture(tab, `error/${name}`)
    await tab.close()
  }
  const atOnce = 4
  for (let first = 0; first < reading.length; first += atOnce)
    await Promise.all(reading.slice(first, first + atOnce).map(look))
  expect(silent).toEqual([])
})
