import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { hostOf, ordinaryDay, whoami, wordStartsPowerShell } from './floor/made-events.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()
const hourMs = 3_600_000
const ordinary = 300

const whoamiRule = `title: Somebody asks who they are
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selection
level: high
`

beforeAll(async () => {
  const now = Date.now()
  await floor.api.sendEvents('Workstations', [
    ...ordinaryDay(now, ordinary, 20 * hourMs),
    whoami(now - 3 * hourMs, hostOf(3), 'alice'),
    whoami(now - 2 * hourMs, hostOf(3), 'alice'),
    whoami(now - hourMs, hostOf(5), 'bram'),
    wordStartsPowerShell(now - 2 * hourMs, hostOf(3), 'alice'),
  ])
  await floor.api.waitForEvents(ordinary + 4)
})

const hits = (page: Page) => page.getByRole('grid', { name: 'Hits' }).getByRole('row')
const isDone = (page: Page) =>
  page.getByRole('region', { name: 'What the hunt found' }).getByText('Done', { exact: true })

/** Pastes a rule, as people do; typing would be completed and indented by the editor. */
async function write(page: Page, rule: string): Promise<void> {
  await page.getByRole('radio', { name: 'Sigma rule' }).check({ force: true })
  const editor = page.getByRole('textbox', { name: 'Sigma rule to hunt with' })
  await editor.click()
  await page.evaluate((text) => navigator.clipboard.writeText(text), rule)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('ControlOrMeta+v')
}

it('hunts with a rule that is just written, shows the hits, and keeps them as retrospective detections', async () => {
  const page = await floor.administratorAt('/hunts')
  await write(page, whoamiRule)
  await page.getByText('Ready: 1 thing to look for').waitFor()
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await isDone(page).waitFor()
  await page.getByText('3 hits').waitFor()
  await expect.poll(() => hits(page).count()).toBe(4)
  await page.getByText(`${ordinary + 4} of ${ordinary + 4} events`).waitFor()

  await page
    .getByRole('complementary', { name: 'On whom' })
    .getByRole('button', { name: hostOf(3) })
    .click()
  await expect.poll(() => hits(page).count()).toBe(3)
  await hits(page).nth(1).click()
  await page.getByText("Image ends with '\\whoami.exe'").waitFor()

  await page.getByRole('button', { name: 'Keep as detections' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click()
  await page.getByRole('link', { name: '3 detections kept' }).click()
  const alerts = page.getByRole('grid').first()
  await alerts.getByText('Somebody asks who they are').first().waitFor()
  await expect.poll(() => alerts.getByText('Somebody asks who they are').count()).toBe(2)
  await alerts.getByText('Somebody asks who they are').first().click()
  const found = await floor.api.alerts<{ id: string; title: string; retrospective: boolean }>()
  expect(found.items.map((alert) => alert.retrospective)).toEqual([true, true])
})

it('hunts with a search, exports what it found, and turns the search into a rule', async () => {
  const page = await floor.administratorAt('/hunts')
  await page.getByRole('textbox', { name: 'Search to hunt with' }).click()
  await page.keyboard.type('process.name:whoami.exe and user.name:alice ')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await isDone(page).waitFor()
  await page.getByText('2 hits').waitFor()

  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'As JSON lines' }).click(),
  ])
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).entities['user.name'])).toEqual(['alice', 'alice'])

  await page.getByRole('button', { name: 'Turn into a rule' }).click()
  await page.getByRole('dialog').getByText('Image|endswith').waitFor()
  await page.getByRole('button', { name: 'Hunt with it' }).click()
  await page.getByText('Ready: 1 thing to look for').waitFor()
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await isDone(page).waitFor()
  await page.getByText('2 hits').waitFor()
})

it('hunts for pasted indicators and for a STIX pattern over several events', async () => {
  const page = await floor.administratorAt('/hunts')
  await page.getByRole('radio', { name: 'Indicators' }).check({ force: true })
  await page
    .getByRole('textbox', { name: 'Indicators to hunt for' })
    .fill('# of a report\nwhoami.exe\n198.51.100[.]99\nno indicator\n')
  await page.getByText('looks like no indicator').waitFor()
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await isDone(page).waitFor()
  await page.getByText('3 hits').waitFor()
  await hits(page).nth(1).click()
  await page.getByText('file-name whoami.exe is on the list').waitFor()

  await page.getByRole('radio', { name: 'STIX pattern' }).check({ force: true })
  await page
    .getByRole('textbox', { name: 'STIX pattern to hunt with' })
    .fill("([process:name = 'whoami.exe'] FOLLOWEDBY [process:name = 'powershell.exe']) WITHIN 7200 SECONDS")
  await page.getByText('Ready: 1 thing to look for').waitFor()
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await page.getByText('1 hit', { exact: true }).waitFor()
  await isDone(page).waitFor()
})

it('saves a hunt with a schedule, and lists it with the counts of its runs', async () => {
  const page = await floor.administratorAt('/hunts')
  await page.getByRole('button', { name: 'Office started a shell' }).click()
  await page.getByRole('button', { name: 'Save as…' }).click()
  await page.getByLabel('Name').fill('Office starts a shell')
  await page.getByLabel('Runs by itself').selectOption('Every day at 06:00')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText('From “Office starts a shell”').waitFor()
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await isDone(page).waitFor()
  await page.getByText('1 hit', { exact: true }).waitFor()

  await page.getByRole('link', { name: 'Saved hunts' }).click()
  const list = page.getByRole('grid', { name: 'Saved hunts' })
  await list.getByText('Office starts a shell').waitFor()
  await list
    .getByText(/06:00/)
    .or(list.getByText(/0[78]:00/))
    .first()
    .waitFor()
  await list.getByRole('link', { name: '1', exact: true }).waitFor()
  await page.getByRole('radio', { name: 'Runs' }).check({ force: true })
  await page.getByRole('grid', { name: 'Runs of hunts' }).getByText('Done').first().waitFor()
})

it('says what is wrong with a rule before it runs, and refuses a search that no rule can say', async () => {
  floor.faults.expect(/^422 POST \/api\/v1\/hunts\/runs/)
  const page = await floor.administratorAt('/hunts')
  await write(page, whoamiRule.replace('endswith', 'endsWithh'))
  await page
    .getByText(/modifier/i)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await page.getByRole('alert').first().waitFor()

  await page.getByRole('radio', { name: 'Search' }).check({ force: true })
  await page.getByRole('textbox', { name: 'Search to hunt with' }).click()
  await page.keyboard.type('event.dataset:windows.sysmon ')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await isDone(page).waitFor()
  await page.getByRole('button', { name: 'Turn into a rule' }).click()
  await page.getByText('This search cannot be a rule').waitFor()
  await page.getByText('Sigma has no name for event.dataset', { exact: false }).waitFor()
})

it('runs an example and what is being written by the same keys', async () => {
  const page = await floor.administratorAt('/hunts')
  await page.getByRole('button', { name: /Somebody looks around/ }).press('Enter')
  await page.getByText('Ready: 1 thing to look for').waitFor()
  await page.keyboard.press('ControlOrMeta+Enter')
  await isDone(page).waitFor()
  await page.getByText('3 hits').waitFor()
  const first = page.url()
  await page.getByRole('textbox', { name: 'Sigma rule to hunt with' }).press('ControlOrMeta+Enter')
  await expect.poll(() => page.url()).not.toBe(first)
  await isDone(page).waitFor()
})
