import { beforeAll, expect, it } from 'vitest'
import { hostOf, shadowsDeleted, wordStartsPowerShell } from './floor/made-events.ts'
import { ruleFiles } from './floor/made-rules.ts'
import { textOf } from './floor/text-of.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()

beforeAll(async () => {
  const now = Date.now()
  await floor.api.importRules(ruleFiles)
  await floor.api.sendEvents('Workstations', [
    wordStartsPowerShell(now, hostOf(3), 'alice'),
    shadowsDeleted(now, hostOf(4), 'bram'),
  ])
  await floor.api.waitForAlerts(2)
})

it('goes to every page by two keys and lists the keys', async () => {
  const page = await floor.administratorAt('/')
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  const places = {
    t: 'Triage',
    h: 'Hunt',
    d: 'Rules',
    s: 'Sources',
    u: 'Users',
    l: 'Audit',
    y: 'System',
    a: 'Your account',
    ',': 'Settings',
    o: 'Overview',
  }
  for (const [key, name] of Object.entries(places)) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await page.getByRole('heading', { name, level: 1 }).waitFor()
    await expect.poll(() => page.title()).toContain(name)
  }
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Undo the last change').waitFor()
})

it('finds pages, alerts, rules and actions in the palette', async () => {
  const page = await floor.administratorAt('/')
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  await palette.waitFor()
  await page.keyboard.type('shadow')
  await palette
    .getByRole('option', { name: /Shadow copies deleted/ })
    .first()
    .waitFor()
  await page.keyboard.press('Escape')
  await palette.waitFor({ state: 'hidden' })

  await page.keyboard.press('Control+k')
  await page.keyboard.type('audit')
  await palette
    .getByRole('option', { name: /^Audit/ })
    .first()
    .waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor()

  await page.keyboard.press('Control+k')
  await page.keyboard.type(hostOf(3))
  await palette.getByRole('option', { name: `Search events for “${hostOf(3)}”` }).click()
  await page.getByRole('heading', { name: 'Hunt', level: 1 }).waitFor()
  await page.getByRole('grid', { name: 'Events' }).getByText('powershell.exe').first().waitFor()
})

it('keeps the theme and shows times in the chosen zone', async () => {
  const page = await floor.administratorAt('/account')
  const zoneOf = () => page.getByLabel('Time zone')
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? document.documentElement.className)
  const before = await theme()
  await page.getByLabel('Theme').selectOption({ label: 'Dark' })
  await expect.poll(theme).not.toBe(before)
  await zoneOf().selectOption('Asia/Tokyo')
  await page.goto('/events')
  const time = () => textOf(page.getByRole('grid', { name: 'Events' }).getByRole('gridcell').nth(1))
  const { items } = await floor.api.call<{ items: { time: string }[] }>(
    'GET',
    `/api/v1/events/search?from=2000-01-01T00:00:00.000Z&to=2100-01-01T00:00:00.000Z&limit=1`,
  )
  const tokyo = new Date(Date.parse(items[0]?.time ?? '') + 9 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  await expect.poll(time).toContain(tokyo)
  await page.reload()
  expect(await theme()).not.toBe(before)
  await page.goto('/account')
  expect(await zoneOf().inputValue()).toBe('Asia/Tokyo')
  await zoneOf().selectOption('browser')
  await page.getByLabel('Theme').selectOption({ label: 'As the system' })
})

it('opens from every number of the overview the list that it counts', async () => {
  const page = await floor.administratorAt('/')
  await page.getByRole('link', { name: /Open alerts/ }).click()
  await page.getByText('2 alerts').waitFor()
  await page.goto('/')
  await page
    .getByRole('link', { name: /Shadow copies deleted/ })
    .first()
    .click()
  await page.getByText('1 alert', { exact: true }).waitFor()
  await page.getByRole('row').filter({ hasText: 'Shadow copies deleted' }).waitFor()
})

it('says that a page does not exist, and leads back', async () => {
  const page = await floor.administratorAt('/')
  await page.goto('/nothing/here')
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
  await page.getByRole('link', { name: 'Go to the overview' }).click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
})

it('says that the server is gone, keeps what was there, and goes on when it is back', async () => {
  floor.faults.expect(
    /net::ERR_(CONNECTION_REFUSED|FAILED|INTERNET_DISCONNECTED|NETWORK_CHANGED)/,
    /ERR_INCOMPLETE_CHUNKED_ENCODING/,
  )
  const page = await floor.administratorAt('/alerts')
  await page.getByRole('row').filter({ hasText: 'Shadow copies deleted' }).waitFor()
  await page.context().setOffline(true)
  await page.keyboard.press('r')
  await page.getByText('The server cannot be reached.', { exact: false }).first().waitFor()
  await page.context().setOffline(false)
  await page
    .getByRole('button', { name: /Try now|Try again/ })
    .first()
    .click()
  await page.getByRole('row').filter({ hasText: 'Shadow copies deleted' }).waitFor()
  await page.getByText('What you see may be old', { exact: false }).waitFor({ state: 'hidden' })
})
