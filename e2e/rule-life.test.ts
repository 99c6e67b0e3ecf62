import { beforeAll, expect, it } from 'vitest'
import { tarGz } from './floor/made-archive.ts'
import { hostOf, shadowsDeleted, whoami } from './floor/made-events.ts'
import { discovery, encodedPowerShell, ruleFiles, shadowCopies } from './floor/made-rules.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()
const shadowId = '5b8a4f60-1f7e-4c57-9d0b-7a3a6e1c2d02'

interface Listed {
  readonly items: readonly { readonly id: string; readonly title: string; readonly count: number }[]
}

beforeAll(async () => {
  const { api } = floor
  await api.importRules(ruleFiles)
  await api.call('PUT', '/api/v1/rules/policy', { levels: ['critical', 'high', 'medium'], statuses: ['stable'] })
  await api.sendEvents('Workstations', [shadowsDeleted(Date.now() - 60_000, hostOf(3), 'alice')])
  await api.waitForAlerts(1)
})

it('writes an exception from an alert in two clicks, and such events raise nothing any more', async () => {
  const page = await floor.administratorAt('/alerts')
  await page.getByRole('link', { name: 'Shadow copies deleted' }).first().click()
  await page.getByRole('button', { name: 'Never for this…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Never for this' })
  await dialog.getByText('Would have taken away 1 of 1 detections of the last 7 days.').waitFor()
  await dialog.getByRole('button', { name: 'Save the exception' }).click()
  await page.getByText('The rule leaves such events alone from now on.').waitFor()

  const detections = async () =>
    (await floor.api.call<Listed>('GET', `/api/v1/detections?ruleId=${shadowId}&limit=50`)).items.length
  const before = await detections()
  // The threads take the new set within moments.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const now = Date.now()
  await floor.api.sendEvents('Workstations', [shadowsDeleted(now, hostOf(3), 'alice'), whoami(now, hostOf(4), 'bob')])
  await floor.api.waitForAlerts(2)
  expect(await detections()).toBe(before)

  await page.goto(`/rules/${shadowId}?tab=exceptions`)
  const card = page.getByRole('list', { name: 'Exceptions' }).getByRole('listitem').first()
  await card.getByText('Expected; seen in the alert "Shadow copies deleted"', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Remove' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('No exceptions').waitFor()
})

it('keeps the event of an alert as a sample, and asks before a save breaks it', async () => {
  const page = await floor.administratorAt('/alerts')
  await page.getByRole('link', { name: 'Shadow copies deleted' }).first().click()
  await page.getByRole('button', { name: 'Keep as a sample' }).click()
  await page.getByText('Kept with the rule: it must match this event.').waitFor()
  await page.goto(`/rules/${shadowId}?tab=samples`)
  await page.getByText('1 right, 0 wrong').waitFor()

  await page.getByRole('button', { name: 'Text', exact: true }).click()
  const editor = page.getByRole('textbox', { name: 'Sigma rule, YAML' })
  await editor.waitFor()
  await editor.fill(shadowCopies.replace('vssadmin.exe', 'wmic.exe'))
  floor.faults.expect(/409/)
  await page.getByRole('button', { name: 'Save' }).click()
  await page
    .getByRole('dialog', { name: 'Samples would come out wrong' })
    .getByRole('button', { name: 'Save all the same' })
    .click()
  await page.getByText('Rule saved.').waitFor()

  await page.getByRole('button', { name: /^Versions/ }).click()
  await page.getByText('Lines: 1 added, 1 taken away').waitFor()
  await page.getByRole('button', { name: 'Restore version 1' }).click()
  await page.getByText('Version 1 is the text again.').waitFor()
})

it('shows what an update of a pack would change, and leaves ours alone', async () => {
  const { api } = floor
  const rule = await api.call<{ version: number; yaml: string }>(
    'GET',
    '/api/v1/rules/5b8a4f60-1f7e-4c57-9d0b-7a3a6e1c2d01',
  )
  await api.call('PUT', '/api/v1/rules/5b8a4f60-1f7e-4c57-9d0b-7a3a6e1c2d01', {
    yaml: rule.yaml.replace('level: high', 'level: critical'),
    expectedVersion: rule.version,
  })
  const page = await floor.administratorAt('/rules/packs')
  const next = tarGz({
    'rules-2/encoded.yml': encodedPowerShell.replace(' -enc ', ' -encodedcommand '),
    'rules-2/shadow.yml': shadowCopies.replace('level: critical', 'level: high'),
    'rules-2/new.yml': discovery.replace('1c2d03', '1c2d09').replace('title: ', 'title: New '),
  })
  const card = page.getByRole('listitem').filter({ hasText: 'e2e' })
  await card
    .locator('input[type=file]')
    .setInputFiles({ name: 'rules.tar.gz', mimeType: 'application/gzip', buffer: next })
  await page.getByRole('heading', { name: 'Update of e2e', level: 1 }).waitFor()
  await page.getByRole('button', { name: /^Conflicts\s*1/ }).waitFor()
  await page.getByRole('button', { name: /^Added\s*1/ }).waitFor()
  const diff = page.getByRole('region', { name: 'What changed, line by line' })
  await diff.getByText('level: critical').waitFor()
  await page.getByRole('button', { name: /^Changed\s*1/ }).click()
  await diff.getByText('level: high').waitFor()

  await page.getByRole('button', { name: 'Apply the update' }).click()
  await page.getByText(/rules changed\./).waitFor()
  await page.goto('/rules/5b8a4f60-1f7e-4c57-9d0b-7a3a6e1c2d01')
  await page.getByText('The pack e2e has a newer text of this rule.').waitFor()
  await page.getByRole('button', { name: 'Take theirs' }).click()
  await page.getByText('The text of the pack runs now.').waitFor()
})

it('walks the coverage by keyboard, finds gaps, exports a layer and lays it over', async () => {
  const page = await floor.administratorAt('/coverage?q=T1490')
  const cell = page.getByRole('button', { name: 'Inhibit System Recovery T1490 1/1 rules run' })
  await cell.waitFor()
  await page.goto('/coverage')
  await page.getByRole('button', { name: /T1490/ }).focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary', { name: 'Technique' })
  await panel.getByRole('heading', { name: /T1490 Inhibit System Recovery/ }).waitFor()
  await panel.getByRole('link', { name: 'Itself' }).waitFor()

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export for the Navigator' }).click(),
  ])
  const path = await download.path()
  await page.getByLabel('Import a layer…').setInputFiles(path)
  await page.getByText('Layer "Watchfloor coverage" is laid over.').waitFor()
  await page.getByLabel('Show').selectOption('gaps')
  await page.getByRole('button', { name: /T1490/ }).waitFor({ state: 'detached' })
})
