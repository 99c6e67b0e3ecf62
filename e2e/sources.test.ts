import { expect, it } from 'vitest'
import { FloorApi } from './floor/floor-api.ts'
import { ordinaryDay } from './floor/made-events.ts'
import { textOf } from './floor/text-of.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()
/** Holds the key that the first test makes. */
let shipper: FloorApi | undefined

it('leads from no source over a key that is shown once to events that arrive', async () => {
  const page = await floor.administratorAt('/sources')
  await page.getByRole('button', { name: 'Add a source' }).first().click()
  const adding = page.getByRole('dialog', { name: 'Add a source' })
  await adding.getByLabel('Name').fill('Workstations')
  await adding.getByRole('button', { name: 'Add the source' }).click()
  await adding.waitFor({ state: 'hidden' })
  await page.getByText('/api/v1/events?source=Workstations').first().waitFor()
  await page.getByRole('link', { name: 'Create an API key' }).click()

  await page.getByRole('heading', { name: 'Your account', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Create a key' }).click()
  const form = page.getByRole('dialog', { name: 'Create a key' })
  await form.getByLabel('Name').fill('Shipper of the workstations')
  await form.getByRole('button', { name: 'Send events' }).click()
  await form.getByRole('button', { name: 'Create', exact: true }).click()
  const shown = page.getByRole('dialog', { name: 'Your new API key' })
  const secret = await textOf(shown.locator('code'))
  await shown.getByRole('button', { name: 'Copy the key' }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(secret)
  await shown.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('list', { name: 'API keys' }).getByText('never used').waitFor()
  await page.reload()
  await page.getByRole('list', { name: 'API keys' }).getByText('Shipper of the workstations').waitFor()
  expect(await page.content()).not.toContain(secret)

  shipper = new FloorApi(floor.server, secret)
  const answer = await shipper.sendEvents('Workstations', ordinaryDay(Date.now(), 40, 60_000))
  expect(answer).toMatchObject({ accepted: 40, rejected: 0 })
  await expect(shipper.alerts()).rejects.toThrow(/403/)
  await floor.api.waitForEvents(40)

  await page.goto('/sources')
  const row = page.getByRole('row').filter({ hasText: 'Workstations' })
  await row.getByText('Receiving').waitFor()
  await row.click()
  const panel = page.getByRole('complementary', { name: 'Source' })
  await panel.getByRole('link', { name: 'Its events' }).click()
  await page.getByRole('grid', { name: 'Events' }).getByRole('row').nth(1).waitFor()
})

it('keeps what cannot be read with the reason, and says what was wrong with a line', async () => {
  const response = await fetch(`${floor.server.url}/api/v1/events?source=Workstations`, {
    method: 'POST',
    headers: { 'x-api-key': floor.server.apiKey, 'content-type': 'application/x-ndjson' },
    body: `{"message":"good"}\n{"message": broken\n${JSON.stringify(ordinaryDay(Date.now(), 1, 1000)[0])}\n`,
  })
  expect(response.status).toBe(202)
  expect(await response.json()).toMatchObject({ accepted: 2, rejected: 1 })
  await floor.api.waitForEvents(42)
})

it('revokes a key at once', async () => {
  const page = await floor.administratorAt('/account')
  const key = page
    .getByRole('list', { name: 'API keys' })
    .getByRole('listitem')
    .filter({ hasText: 'Shipper of the workstations' })
  await key.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await key.getByText('Revoked').waitFor()
  await expect(shipper?.sendEvents('Workstations', ordinaryDay(Date.now(), 1, 1000))).rejects.toThrow(/401/)
})

it('searches the events of one host from a menu of its value', async () => {
  const page = await floor.administratorAt('/events?range=all')
  await page.getByRole('grid', { name: 'Events' }).getByRole('row').nth(1).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Space')
  await page
    .getByRole('row', { name: /host\.name/ })
    .getByRole('button')
    .first()
    .click()
  await page.getByRole('menuitem', { name: 'Look up in events' }).click()
  await page.waitForURL((url) => url.searchParams.get('q')?.includes('host.name') ?? false)
  expect(new URL(page.url()).searchParams.get('q')).toContain('.example.org')
})

it('takes a source off the list once it is switched off, and asks before', async () => {
  const page = await floor.administratorAt('/sources')
  await page.getByRole('row').filter({ hasText: 'Workstations' }).click()
  const panel = page.getByRole('complementary', { name: 'Source' })
  const takeOff = panel.getByRole('button', { name: 'Take off the list' })
  expect(await takeOff.isDisabled()).toBe(true)
  await panel.getByRole('switch', { name: 'Receives' }).click()
  await expect.poll(() => takeOff.isEnabled()).toBe(true)
  await takeOff.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take off the list' }).click()
  await expect.poll(() => page.getByRole('row').filter({ hasText: 'Workstations' }).count()).toBe(0)
})
