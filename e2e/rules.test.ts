import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { encodedCommand, hostOf, processStarted, wordStartsPowerShell } from './floor/made-events.ts'
import { discovery, encodedPowerShell, misspelt, ruleFiles, shadowCopies } from './floor/made-rules.ts'
import { textOf } from './floor/text-of.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()

beforeAll(() => floor.api.importRules(ruleFiles))

/** The same rule under another name and id. */
const variant = (rule: string, number: number): string =>
  rule.replace('title: ', 'title: Also ').replace('1c2d0', `1c2d${number}`)

/** Lets go of files over a point of the page, as a person with a mouse does. */
async function drop(page: Page, place: { x: number; y: number }, files: readonly string[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, ...place, data })
}

it('imports dropped files and a pasted rule, and says of a bad one what is wrong and where', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-rules-'))
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const files = [
    await file('also.yml', variant(encodedPowerShell, 1)),
    await file('misspelt.yml', misspelt),
    await file('read me.txt', 'no rule'),
  ]
  const page = await floor.administratorAt('/rules/import')
  const area = await page.getByText('Drop files or folders here').boundingBox()
  if (!area) throw new Error('there is no place to drop on')
  await drop(page, { x: area.x + 10, y: area.y + 5 }, files)
  await page.getByText('1 file is not YAML and is left out.').waitFor()
  await page
    .getByLabel('Rules as YAML, separated by ---')
    .fill(`${variant(shadowCopies, 2)}---\n${variant(discovery, 3)}`)
  await page.getByLabel('Name of the pack').fill('floor')
  await page.getByRole('button', { name: 'Import 3 files' }).click()

  const count = (name: string) => textOf(page.locator('dl > div', { hasText: name }).getByRole('definition'))
  await page.getByText('3 of 3 files').waitFor()
  // The rule that cannot run is kept, so that it can be mended here, and counts as refused alone.
  expect([await count('Added'), await count('Refused')]).toEqual(['3', '1'])
  await page.getByRole('row').filter({ hasText: 'containz' }).getByText('misspelt.yml').waitFor()

  await page.getByRole('link', { name: 'To the rules' }).click()
  await page.getByRole('row').filter({ hasText: 'Rule with a misspelt modifier' }).getByText('Refused').waitFor()
  await page.getByRole('row').filter({ hasText: 'Also Encoded PowerShell' }).getByText(/^On/).waitFor()
  await rm(folder, { recursive: true, force: true })
})

it('checks a rule while it is written, tries it on events, saves it', async () => {
  const page = await floor.administratorAt('/rules?q=whoami')
  await page.getByRole('link', { name: 'Account discovery with whoami', exact: true }).click()
  const editor = page.getByRole('textbox', { name: 'Sigma rule, YAML' })
  await editor.waitFor()
  await page.getByText('No remarks. The rule is well formed.').waitFor()

  await editor.fill(discovery.replace('Image|endswith', 'Image|endswit'))
  await page
    .getByText(/endswit\b/)
    .last()
    .waitFor()
  await page.locator('.cm-lint-marker-error').waitFor()

  await editor.fill(discovery.replace('level: medium', 'level: low'))
  await page.getByText('No remarks. The rule is well formed.').waitFor()
  const sample = (image: string) =>
    processStarted({
      atMs: Date.now(),
      host: hostOf(1),
      user: 'alice',
      image,
      commandLine: image,
      parent: 'C:\\cmd.exe',
    })
  await page
    .getByLabel('Events to try the rule on')
    .fill(
      [sample('C:\\Windows\\System32\\whoami.exe'), sample('C:\\Windows\\notepad.exe')]
        .map((event) => JSON.stringify(event))
        .join('\n'),
    )
  await page.getByRole('button', { name: 'Try', exact: true }).click()
  await page.getByText('1 of 2 match').waitFor()
  await page.locator('mark', { hasText: 'whoami.exe' }).waitFor()

  await page.getByText('Not saved yet').waitFor()
  await editor.press('Control+s')
  await page.getByText('Rule saved.').waitFor()
  await page.reload()
  await editor.getByText('level: low').waitFor()
})

it('asks before unsaved changes are left behind', async () => {
  const page = await floor.administratorAt('/rules?q=whoami')
  await page.getByRole('link', { name: 'Account discovery with whoami', exact: true }).click()
  const editor = page.getByRole('textbox', { name: 'Sigma rule, YAML' })
  await editor.fill(discovery.replace('level: medium', 'level: high'))
  await page.getByText('Not saved yet').waitFor()
  await page.getByRole('link', { name: 'Triage' }).click()
  const asked = page.getByRole('dialog', { name: 'Leave without saving?' })
  await asked.getByRole('button', { name: 'Cancel' }).click()
  await editor.getByText('level: high').waitFor()
  await page.getByRole('link', { name: 'Triage' }).click()
  await asked.getByRole('button', { name: 'Leave' }).click()
  await page.getByRole('heading', { name: 'Triage', level: 1 }).waitFor()
})

it('switches a rule off and on; off, it raises nothing', async () => {
  const page = await floor.administratorAt('/rules?q=encoded')
  await page.getByRole('link', { name: 'Encoded PowerShell started by Word', exact: true }).click()
  const runs = page.getByLabel('Status here')
  const running = await floor.api.runningRules()
  await runs.selectOption({ label: 'Disabled' })
  await expect.poll(async () => (await rule()).enabled).toBe(false)
  await floor.api.waitForRunningRules(running - 1)
  await floor.api.sendEvents('Workstations', [wordStartsPowerShell(Date.now(), hostOf(1), 'alice')])
  await floor.api.waitForEvents(1)
  await runs.selectOption({ label: 'As its author says' })
  await expect.poll(async () => (await rule()).enabled).toBe(true)
  await floor.api.waitForRunningRules(running)
  await floor.api.sendEvents('Workstations', [wordStartsPowerShell(Date.now(), hostOf(2), 'alice')])
  await expect.poll(hostsOfAlerts, { timeout: 15_000 }).toEqual([hostOf(2)])

  async function hostsOfAlerts(): Promise<(string | undefined)[]> {
    const { items } = await floor.api.alerts<{ id: string; title: string; entities: Record<string, string> }>()
    return items
      .filter(({ title }) => title === 'Encoded PowerShell started by Word')
      .map((alert) => alert.entities['host.name'])
  }
  async function rule(): Promise<{ enabled: boolean }> {
    const found = await floor.api.call<{ items: { title: string; enabled: boolean }[] }>(
      'GET',
      '/api/v1/rules?text=encoded&limit=50',
    )
    return found.items.find(({ title }) => title === 'Encoded PowerShell started by Word') ?? { enabled: false }
  }
})

it('lets a policy decide which rules run', async () => {
  const page = await floor.administratorAt('/rules')
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: 'Shadow copies deleted', exact: true }) })
  await row.getByText(/^On/).waitFor()
  await page.getByRole('button', { name: 'Default policy' }).click()
  const dialog = page.getByRole('dialog', { name: 'Default policy' })
  await dialog.getByRole('checkbox', { name: 'Critical' }).uncheck()
  await dialog.getByRole('button', { name: 'Save the policy' }).click()
  await page.getByText('Policy saved.').waitFor()
  await row.getByText(/^Off/).waitFor()
})

it('writes a new rule and deletes it again', async () => {
  const page = await floor.administratorAt('/rules')
  await page.getByRole('button', { name: 'New rule' }).first().click()
  const editor = page.getByRole('textbox', { name: 'Sigma rule, YAML' })
  const text = encodedPowerShell
    .replace('1c2d01', '1c2d09')
    .replace('Encoded PowerShell started by Word', 'A rule of our own')
    .replace("' -enc '", `'${encodedCommand.slice(-12)}'`)
  await editor.fill(text)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'A rule of our own', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'Rules', level: 1 }).waitFor()
  await page.getByRole('link', { name: 'Encoded PowerShell started by Word', exact: true }).waitFor()
  expect(await page.getByText('A rule of our own').count()).toBe(0)
})

it('gives many rules a status at once, by keyboard', async () => {
  const page = await floor.administratorAt('/rules?q=e')
  const row = (title: string) =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name: title, exact: true }) })
  await row('Shadow copies deleted').waitFor()
  await page.getByRole('checkbox', { name: 'Select all that are loaded' }).check()
  const rows = (await page.getByRole('row').count()) - 1
  await page.getByText(`${rows} selected`).waitFor()
  await page.keyboard.press('s')
  await page.getByRole('menuitem', { name: 'Experimental' }).press('Enter')
  const asked = page.getByRole('dialog', { name: `Make ${rows} rules experimental here?` })
  await asked.getByRole('button', { name: 'Make experimental' }).press('Enter')
  await page.getByText(`${rows} rules changed.`).waitFor()
  await row('Shadow copies deleted').getByText('Experimental').waitFor()
  await row('Account discovery with whoami').getByText('decided here; its author says Stable').waitFor()

  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.getByText('1 selected').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('1 selected').waitFor({ state: 'detached' })
})

it('compares files with a pack, and changes nothing before that is applied', async () => {
  const page = await floor.administratorAt('/rules/import')
  const file = (name: string, text: string) => ({ name, mimeType: 'text/yaml', buffer: Buffer.from(text) })
  await page
    .getByTestId('rule-files')
    .setInputFiles([
      file('discovery.yml', discovery.replace('level: medium', 'level: critical')),
      file('other.yml', variant(discovery, 8)),
    ])
  await page.getByLabel('Name of the pack').fill('e2e')
  await page.getByRole('button', { name: 'Compare first' }).click()
  await page.getByRole('heading', { name: 'Update of e2e', level: 1 }).waitFor()
  await page.getByRole('button', { name: /^Added\s*1/ }).waitFor()
  await page.getByRole('button', { name: /^(Changed|Conflicts)\s*1/ }).click()
  const diff = page.getByRole('region', { name: 'What changed, line by line' })
  await diff.getByText('level: critical').waitFor()
  const listed = () => floor.api.call<{ items: { title: string }[] }>('GET', '/api/v1/rules?text=whoami&limit=50')
  const also = ({ title }: { title: string }) => title === 'Also Account discovery with whoami'
  const before = (await listed()).items.filter(also).length
  await page.getByRole('checkbox', { name: /keep/i }).check()
  await page.getByRole('button', { name: 'Apply the update' }).click()
  await page.getByText(/rules? changed\./).waitFor()
  expect((await listed()).items.filter(also).length).toBe(before + 1)
})

it('completes what is written and checks it at once, without a mouse', async () => {
  const page = await floor.administratorAt('/rules/new')
  const editor = page.getByRole('textbox', { name: 'Sigma rule, YAML' })
  await editor.fill('title: Written by hand\nlogsource:\n  category: process_creation\n  product: windows\n')
  await editor.press('ControlOrMeta+End')
  const words = page.getByRole('listbox')
  const complete = async (typed: string, word: string) => {
    await editor.pressSequentially(typed)
    await words.getByRole('option', { name: word }).first().waitFor()
    // So shortly after the list has opened, Enter still belongs to who was typing.
    await new Promise((resolve) => setTimeout(resolve, 150))
    await editor.press('Enter')
    await words.waitFor({ state: 'detached' })
  }
  await complete('lev', 'level')
  await complete(': hi', 'high')
  await editor.press('Enter')
  await editor.pressSequentially('detection:\nsel:\n')
  await complete('Comm', 'CommandLine')
  await complete('|conta', 'contains')
  await editor.pressSequentially(': mimikatz')
  await page.getByText('the detection has no condition').first().waitFor()
  await page.locator('.cm-lint-marker-error').waitFor()
  await editor.press('Enter')
  await editor.press('Shift+Tab')
  await complete('cond', 'condition')
  await complete(': se', 'sel')
  await page.getByText('No remarks. The rule is well formed.').waitFor()
})

it('tests a rule back over the last days, and leads to its hits', async () => {
  await floor.api.sendEvents('Workstations', [wordStartsPowerShell(Date.now() - 60_000, hostOf(7), 'carla')])
  const events = '/api/v1/events/histogram?from=2000-01-01T00:00:00.000Z&to=2100-01-01T00:00:00.000Z&buckets=1'
  const stored = async () => (await floor.api.call<{ total: number }>('GET', events)).total
  await expect.poll(stored).toBeGreaterThan(0)
  const page = await floor.administratorAt('/rules?q=encoded')
  await page.getByRole('link', { name: 'Encoded PowerShell started by Word', exact: true }).click()
  const backtest = page.locator('section').filter({ hasText: 'Runs the text above over what is stored.' })
  await backtest.getByRole('combobox').selectOption({ label: 'Last 30 days' })
  await backtest.getByRole('button', { name: 'Run' }).press('Enter')
  await backtest.getByText(/^[1-9]\d* hits? in [1-9]\d* events$/).waitFor({ timeout: 45_000 })
  const alerts = await floor.api.alerts<{ id: string; title: string }>()
  await backtest.getByRole('link', { name: 'Open in the hunt workbench' }).click()
  await page.getByRole('grid', { name: 'Hits' }).getByText(hostOf(7)).first().waitFor()
  // What it finds stays out of the alerts.
  expect((await floor.api.alerts<{ id: string; title: string }>()).items.length).toBe(alerts.items.length)
})
