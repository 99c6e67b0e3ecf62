import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { hostOf, ordinaryDay, wordStartsPowerShell } from './floor/made-events.ts'
import { textOf } from './floor/text-of.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()
const hourMs = 3_600_000
const ordinary = 300
/** A list that has just opened takes no key for a moment, so that nobody accepts what they have not read. */
const readingMs = 150

/** The number beside the title. */
const figure = (page: Page, words: string | RegExp) =>
  page.locator('header', { has: page.getByRole('heading', { name: 'Hunt', level: 1 }) }).getByText(words)

beforeAll(async () => {
  const now = Date.now()
  await floor.api.sendEvents('Workstations', [
    ...ordinaryDay(now, ordinary, 20 * hourMs),
    wordStartsPowerShell(now - 2 * hourMs, hostOf(3), 'alice'),
  ])
  await floor.api.waitForEvents(ordinary + 1)
})

it('searches with completion of fields, operators and values', async () => {
  const page = await floor.administratorAt('/events')
  const query = page.getByRole('textbox', { name: 'Search events' })
  await query.click()
  await page.keyboard.type('process.na')
  const offers = page.getByRole('listbox')
  await offers.getByRole('option', { name: 'process.name' }).waitFor()
  await page.waitForTimeout(readingMs)
  await page.keyboard.press('Tab')
  await page.keyboard.type('power')
  await offers.getByRole('option', { name: 'powershell.exe' }).waitFor()
  await page.waitForTimeout(readingMs)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await figure(page, '1 event').waitFor()
  await page.getByRole('grid', { name: 'Events' }).getByText('powershell.exe').first().waitFor()
  expect(new URL(page.url()).searchParams.get('q')).toMatch(/^process\.name: ?"?powershell\.exe"?$/)
})

it('says where a search is wrong, and what would be right', async () => {
  floor.faults.expect(/^400 GET \/api\/v1\/events\//)
  const page = await floor.administratorAt('/events')
  const query = page.getByRole('textbox', { name: 'Search events' })
  await query.click()
  await page.keyboard.type('host.name:(ws-001 or ')
  await page.keyboard.press('Escape')
  await page.locator('.cm-lintRange-error, .cm-lintPoint').first().waitFor()
  await query.focus()
  await page.keyboard.press('Enter')
  const refusal = page.getByRole('alert').first()
  await refusal.waitFor()
  expect((await textOf(refusal)).length).toBeGreaterThan(20)
})

it('narrows to a stretch of the histogram by mouse and by keyboard', async () => {
  const page = await floor.administratorAt('/events')
  await figure(page, /\d events/).waitFor()
  const histogram = page.getByRole('slider', { name: 'Events over time' })
  await histogram.waitFor()
  const box = await histogram.boundingBox()
  if (!box) throw new Error('the histogram has no place')
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2, { steps: 5 })
  await page.mouse.up()
  await page.waitForURL((url) => url.searchParams.has('from') && url.searchParams.has('to'))
  const { searchParams } = new URL(page.url())
  const spanMs = Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '')
  expect(spanMs / hourMs).toBeGreaterThan(5)
  expect(spanMs / hourMs).toBeLessThan(8)
  // A quarter of the day holds a quarter of what is spread evenly over twenty hours of it.
  await expect
    .poll(async () => Number.parseInt((await textOf(figure(page, /\d events/))).replace(/\D.*/s, ''), 10))
    .toBeLessThan(ordinary / 2)

  await histogram.focus()
  for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => {
    const from = Date.parse(url.searchParams.get('from') ?? '')
    return Date.parse(url.searchParams.get('to') ?? '') - from < spanMs / 10
  })
})

it('filters by a value of a field, shows a column, and the address brings it all back', async () => {
  const page = await floor.administratorAt('/events')
  const fields = page.locator('section', { has: page.getByPlaceholder('Find a field') })
  await fields.getByPlaceholder('Find a field').fill('user.name')
  await fields.getByRole('button', { name: /^user\.name/ }).click()
  await fields.getByRole('button', { name: 'chiara' }).click()
  await page.getByRole('menuitem', { name: 'Filter for this value' }).click()
  await figure(page, `${ordinary / 5} events`).waitFor()
  await fields.getByRole('button', { name: 'Show user.name as a column' }).click()
  await page.getByRole('columnheader', { name: 'user.name' }).waitFor()

  const other = await floor.administratorAt(page.url().slice(floor.server.url.length))
  await figure(other, `${ordinary / 5} events`).waitFor()
  await other.getByRole('columnheader', { name: 'user.name' }).waitFor()
  await page.reload()
  await figure(page, `${ordinary / 5} events`).waitFor()
})

it('exports what was found, whole or as columns', async () => {
  const page = await floor.administratorAt('/events?q=user.name%3Achiara&columns=host.name%2Cuser.name')
  await figure(page, `${ordinary / 5} events`).waitFor()
  const lines = async (choice: string | RegExp): Promise<string[]> => {
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: choice }).click(),
    ])
    return (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/)
  }
  const whole = await lines(/NDJSON/)
  expect(whole).toHaveLength(ordinary / 5)
  expect(JSON.stringify(JSON.parse(whole[0] ?? ''))).toContain('chiara')
  const table = await lines(/CSV/)
  expect(table).toHaveLength(ordinary / 5 + 1)
  expect(table[0]).toContain('host.name')
})

it('opens an event with the origin of every field and its untouched original', async () => {
  const page = await floor.administratorAt('/events?q=process.name%3Apowershell.exe')
  await page.getByRole('grid', { name: 'Events' }).getByText('powershell.exe').first().waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Event', level: 1 }).waitFor()
  const parent = page.getByRole('row', { name: /process\.parent\.name/ })
  await parent.getByText('winword.exe').waitFor()
  await parent.getByText('from ParentImage', { exact: false }).waitFor()
  await page.getByRole('tab', { name: 'Original' }).first().click()
  await page.getByText('"ParentImage"').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'Hunt', level: 1 }).waitFor()
})
