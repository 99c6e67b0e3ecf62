import { beforeAll, expect, it } from 'vitest'
import { hostOf, wordStartsPowerShell } from './floor/made-events.ts'
import { ruleFiles } from './floor/made-rules.ts'
import { enterPassword, signIn } from './floor/sign-in.ts'
import { textOf } from './floor/text-of.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()
const ada = { email: 'ada.analyst@example.org', password: 'harbour-crane-at-dawn-7' }
const vera = { email: 'vera.viewer@example.org', password: 'lighthouse-in-the-fog-3' }

beforeAll(async () => {
  await floor.api.importRules(ruleFiles)
  await floor.api.sendEvents('Workstations', [wordStartsPowerShell(Date.now(), hostOf(3), 'alice')])
  await floor.api.waitForAlerts(1)
})

it('adds an analyst, who chooses a password of their own and sees what analysts see', async () => {
  const page = await floor.administratorAt('/settings/users')
  await page.getByRole('button', { name: 'Add a person' }).click()
  const form = page.getByRole('dialog', { name: 'Add a person' })
  await form.getByLabel('Name').fill('Ada Analyst')
  await form.getByLabel('E-mail address').fill(ada.email)
  expect(await form.getByRole('checkbox', { name: 'Analyst', exact: true }).isChecked()).toBe(true)
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  const shown = page.getByRole('dialog', { name: 'Password for Ada Analyst' })
  const temporary = await textOf(shown.locator('code'))
  await shown.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('row').filter({ hasText: 'Ada Analyst' }).waitFor()

  const hers = await floor.browserWindow()
  await hers.goto('/alerts')
  await hers.waitForURL(/\/login/)
  await enterPassword(hers, { ...ada, password: temporary })
  await hers.getByRole('heading', { name: 'Choose a password of your own' }).waitFor()
  await hers.getByLabel('Current password').fill(temporary)
  await hers.getByLabel('New password').fill(ada.password)
  await hers.getByRole('button', { name: 'Save the password' }).click()
  await hers.getByRole('heading', { name: 'Triage', level: 1 }).waitFor()
  await hers.getByRole('row').filter({ hasText: 'Encoded PowerShell' }).waitFor()

  for (const path of ['/settings/users', '/settings/audit', '/rules/new', '/rules/import']) {
    await hers.goto(path)
    await hers.getByRole('heading', { name: 'Your role does not include this page' }).waitFor()
  }
  await hers.goto('/rules')
  await hers.getByRole('heading', { name: 'Rules', level: 1 }).waitFor()
  expect(await hers.getByRole('button', { name: /New rule|Import|Default policy/ }).count()).toBe(0)
  expect(await hers.getByRole('link', { name: 'Users' }).count()).toBe(0)
})

it('lets a viewer look and not touch, in the page and by key', async () => {
  const { id, password } = await floor.api.addPerson(vera.email, 'Vera Viewer', 'viewer')
  expect(id).toBeTruthy()
  const page = await floor.browserWindow()
  await page.goto('/alerts')
  await page.waitForURL(/\/login/)
  await enterPassword(page, { ...vera, password })
  await page.getByLabel('Current password').fill(password)
  await page.getByLabel('New password').fill(vera.password)
  await page.getByRole('button', { name: 'Save the password' }).click()
  await page.getByRole('row').filter({ hasText: 'Encoded PowerShell' }).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('e')
  await page.keyboard.press('m')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Why it fired' }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(await page.getByRole('button', { name: /^(Close|Assign|Take|Acknowledge)$/ }).count()).toBe(0)
  const { items } = await floor.api.alerts<{ id: string; title: string; status: string; assignee: unknown }>()
  expect(items[0]).toMatchObject({ status: 'new', assignee: null })
})

it('disables an account, which ends what they have open', async () => {
  floor.faults.expect(/^401 /)
  const hers = await floor.browserWindow()
  await signIn(hers, ada, '/alerts')
  const page = await floor.administratorAt('/settings/users')
  await page.getByText('Ada Analyst').click()
  const panel = page.getByRole('complementary', { name: 'Person' })
  await panel.getByRole('button', { name: 'Disable the account' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable the account' }).click()
  await page.getByText('Account disabled.').waitFor()
  await hers.getByRole('link', { name: 'Hunt' }).click()
  await hers.waitForURL(/\/login/)
  await enterPassword(hers, ada)
  await hers.getByRole('alert').waitFor()
})

it('records who did what, finds it by person, shows what changed, and proves the record whole', async () => {
  const page = await floor.administratorAt(`/settings/audit?q=${ada.email}`)
  const log = page.getByRole('grid', { name: 'Audit log' })
  const change = log.getByRole('row').filter({ hasText: 'identity.change-user' }).filter({ hasText: ada.email }).first()
  await change.click()
  const panel = page.getByRole('complementary', { name: 'Audit record' })
  await panel.getByRole('row').filter({ hasText: 'state' }).getByText('disabled').waitFor()
  await panel.getByText('127.0.0.1').waitFor()

  await page.getByRole('button', { name: 'Verify the chain' }).click()
  await page.getByText('The log is intact').waitFor()

  await page.goto('/settings/audit?actor=ada.analyst')
  await log.getByRole('row').nth(1).waitFor()
  const [, ...hers] = await log.getByRole('row').allInnerTexts()
  expect(hers.length).toBeGreaterThanOrEqual(2)
  expect(hers.filter((row) => !row.includes(ada.email))).toEqual([])
})
