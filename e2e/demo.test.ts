import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from './floor/browser.ts'
import { changeTheme, settled } from './floor/every-page.ts'
import { Faults } from './floor/faults.ts'
import { type RunningProgram, startProgram } from './floor/program.ts'
import { signIn } from './floor/sign-in.ts'
import { shotsFolder } from './floor.ts'

const program = fileURLToPath(new URL('../packages/server/src/processes/demo.ts', import.meta.url))
const storyMs = 90_000
let demo: RunningProgram
let browser: Browser

beforeAll(async () => {
  ;[demo, browser] = await Promise.all([
    startProgram(program, ['--speed', '60'], { WATCHFLOOR_PORT: '0' }, (said) => /password\s+\S+\n/.test(said)),
    launchBrowser(),
  ])
})

afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

/** What the demo printed behind a word. */
const said = (word: string): string => new RegExp(`${word}\\s+(\\S+)`).exec(demo.said)?.[1] ?? `no ${word} was printed`

it('lets somebody watch an intrusion come up in triage without doing anything', async () => {
  const faults = new Faults()
  const context = await browser.newContext({
    baseURL: said('Watchfloor is at'),
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  faults.watch(page)
  await signIn(page, { email: said('user'), password: said('password') }, '/alerts?sort=severity')
  // The first alert comes into the empty list by itself; those after it wait behind a pill until somebody wants them.
  await page.getByRole('row').nth(1).waitFor({ timeout: storyMs })
  const pill = page.getByRole('button', { name: /^\d+ new$/ })
  await pill.waitFor({ timeout: storyMs })
  const shown = async (title: string): Promise<number> => {
    if (await pill.isVisible()) await page.keyboard.press('n')
    return page.getByRole('link', { name: title }).count()
  }
  for (const title of ['LSASS memory dumped', 'Shadow copies deleted'])
    await expect.poll(() => shown(title), { timeout: storyMs, interval: 500 }).toBeGreaterThan(0)
  if (process.env.WATCHFLOOR_E2E_SHOTS === '1') await picturesOf(page)
  await page.getByRole('link', { name: /LSASS memory dumped/ }).click()
  await page.getByRole('heading', { name: 'Why it fired' }).waitFor()
  await page.locator('mark').first().waitFor()
  expect(faults.take()).toEqual([])
}, 180_000)

/** The pictures of the README. */
async function picturesOf(page: Page): Promise<void> {
  const picture = async (name: string) => {
    await settled(page)
    await page.screenshot({ path: join(shotsFolder, 'readme', `${name}.png`) })
  }
  await mkdir(join(shotsFolder, 'readme'), { recursive: true })
  await page.goto('/')
  await picture('overview-light')
  await page.goto('/alerts?sort=severity')
  await picture('triage-light')
  await changeTheme(page, 'dark')
  await page.getByRole('link', { name: /LSASS memory dumped/ }).click()
  await page.getByRole('heading', { name: 'Why it fired' }).waitFor()
  await picture('alert-dark')
  await changeTheme(page, 'light')
  await page.goto('/alerts?sort=severity')
}
