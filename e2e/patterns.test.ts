import { expect, it } from 'vitest'
import { openFloor } from './floor.ts'

const floor = openFloor()

it('leads from a pattern that is written, checked as it is written, to its alert, its sighting and a hunt with it', async () => {
  const page = await floor.administratorAt('/patterns')
  await page.getByRole('heading', { name: 'No patterns yet' }).waitFor()
  await page.getByRole('button', { name: 'Write a pattern' }).first().click()
  const editor = page.getByRole('dialog', { name: 'Write a pattern' })
  const text = editor.getByRole('textbox', { name: 'Pattern' })
  await text.fill("[process:command_line LIKE '%vssadmin%delete%'")
  await editor.getByText(/Line 1, column \d+/).waitFor()
  expect(await editor.getByRole('button', { name: 'Keep' }).isDisabled()).toBe(true)
  await text.fill("[process:command_line LIKE '%vssadmin%delete%']")
  await editor.getByText('Held against each event by itself.').waitFor()
  await editor.getByLabel('Name').fill('Shadow copies deleted')
  await editor.getByLabel('Source').fill('Own research')
  await editor.getByLabel('Confidence, %').fill('85')
  await editor.getByRole('button', { name: 'Keep' }).click()
  const panel = page.getByRole('complementary', { name: 'Pattern' })
  await panel.getByRole('heading', { name: 'Shadow copies deleted' }).waitFor()
  await page.getByText('1 held against every event').waitFor()

  await floor.api.sendEvents('sensor', [
    {
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Computer: 'ws-1.example.com',
      Image: 'C:\\Windows\\System32\\vssadmin.exe',
      CommandLine: 'vssadmin.exe delete shadows /all /quiet',
    },
  ])
  await floor.api.waitForAlerts(1)
  await page.reload()
  await page.getByRole('grid', { name: 'STIX patterns' }).getByText('Shadow copies deleted').waitFor()
  await panel.getByText('Last seen').waitFor()
  await panel.getByRole('link', { name: 'Hunt with it' }).click()
  await page.getByText('Patterns that are kept and switched on').waitFor()
  await page.getByText('Ready: 1 thing to look for').waitFor()
  await page.getByRole('button', { name: 'Run the hunt' }).click()
  await page.getByText('1 hit', { exact: false }).first().waitFor()
})

it('imports a bundle, says what is not kept, and keeps listed values as indicators, which can be hunted for', async () => {
  const indicator = (last: number, name: string, pattern: string) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--00000000-0000-4000-8000-00000000000${last}`,
    name,
    pattern,
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
  })
  const bundle = {
    type: 'bundle',
    id: 'bundle--00000000-0000-4000-8000-000000000001',
    objects: [
      indicator(1, 'Gate of the kit', "[url:value = 'https://evil.example/gate.php']"),
      indicator(2, 'Two stages', "([process:name = 'a.exe'] FOLLOWEDBY [process:name = 'b.exe']) WITHIN 60 SECONDS"),
      indicator(3, 'Broken', '[process:name = '),
    ],
  }
  const page = await floor.administratorAt('/patterns')
  await page.getByRole('button', { name: 'Import a bundle' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import a STIX bundle' })
  await dialog
    .getByLabel('Bundle (JSON)')
    .setInputFiles({ name: 'report.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(bundle)) })
  await dialog.getByRole('button', { name: 'Import' }).click()
  await dialog.getByText('2 added, 0 updated, 0 unchanged, 1 refused').waitFor()
  await dialog.getByText('Broken').waitFor()
  await page.keyboard.press('Escape')
  const list = page.getByRole('grid', { name: 'STIX patterns' })
  await list.getByText('Several events').waitFor()
  await list.getByText('Listed values').waitFor()

  await page.goto('/indicators')
  await page.getByText('https://evil.example/gate.php').waitFor()
  await page.getByRole('button', { name: 'Hunt for these' }).click()
  await page.getByText('Indicators that are listed and switched on').waitFor()
  await page.getByText('Ready: 1 thing to look for').waitFor()
})
