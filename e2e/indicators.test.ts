import { expect, it } from 'vitest'
import { openFloor } from './floor.ts'

const floor = openFloor()

it('leads from no indicator over a pasted list to an alert that says who lists what', async () => {
  const page = await floor.administratorAt('/indicators')
  await page.getByRole('heading', { name: 'No indicators yet' }).waitFor()
  await page.getByRole('button', { name: 'Import a list' }).first().click()
  const importing = page.getByRole('dialog', { name: 'Import a list' })
  await importing.getByLabel('Paste values').fill('203.0.113.9\nhxxps://evil[.]example/gate.php\nnot a value\n')
  await importing.getByLabel('Source').fill('Example feed')
  await importing.getByLabel('Confidence, %').fill('85')
  await importing.getByText('2 new, 0 there already, 1 not read').waitFor()
  await importing.getByText('https://evil.example/gate.php').waitFor()
  await importing.getByRole('button', { name: 'Import 3 lines' }).click()
  await importing.getByText('Lines that were not read').waitFor()
  await page.keyboard.press('Escape')
  const list = page.getByRole('grid', { name: 'Indicators' })
  await list.getByText('203.0.113.9').click()
  const panel = page.getByRole('complementary', { name: 'Indicator' })
  await panel.getByText('Example feed').first().waitFor()
  await page.getByText('2 matched with every event').waitFor()

  await floor.api.sendEvents('sensor', [{ src_ip: '192.0.2.10', dest_ip: '203.0.113.9', proto: 'tcp' }])
  await floor.api.waitForAlerts(1)
  await page.goto('/alerts')
  await page.getByText('Known indicator 203.0.113.9 (source Example feed)').first().click()
  await page.keyboard.press('Enter')
  await page.getByText('Example feed', { exact: true }).first().waitFor()
})

it('looks a value up with what covers it, and lets a warning list keep it quiet', async () => {
  await floor.api.call('POST', '/api/v1/warning-lists/import', {
    slug: 'own-names',
    list: { name: 'Our own names', version: 1, type: 'hostname', list: ['evil.example'] },
  })
  const page = await floor.administratorAt('/indicators')
  await page.keyboard.press('l')
  const look = page.getByRole('dialog', { name: 'Look up a value' })
  await look.getByLabel('Value').fill('hxxp://evil[.]example/gate.php?id=1')
  await look.getByRole('button', { name: 'Look up' }).click()
  await look.getByText('https://evil.example/gate.php').waitFor()
  await look.getByText('Our own names').waitFor()
  await page.keyboard.press('Escape')

  await page.goto('/warning-lists')
  const effect = page.getByLabel('Effect of Our own names')
  expect(await effect.inputValue()).toBe('block')
  await effect.selectOption('inform')
  await page.getByText('Our own names: Informs').waitFor()
})

it('switches an indicator off with a way back, and deletes it when that is confirmed', async () => {
  const page = await floor.administratorAt('/indicators')
  await page.getByRole('grid', { name: 'Indicators' }).getByText('203.0.113.9').click()
  const panel = page.getByRole('complementary', { name: 'Indicator' })
  await panel.getByRole('switch', { name: 'Matches' }).click()
  await panel.getByText('Switched off').first().waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await panel.getByText('Active').first().waitFor()
  await panel.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('grid', { name: 'Indicators' }).getByText('203.0.113.9').waitFor({ state: 'detached' })
})
