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
