import { beforeAll, expect, it } from 'vitest'
import {
  encodedCommand,
  hostOf,
  ordinaryDay,
  shadowsDeleted,
  whoami,
  wordStartsPowerShell,
} from './floor/made-events.ts'
import { ruleFiles } from './floor/made-rules.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()
const minuteMs = 60_000
const bulkHosts = 120

beforeAll(async () => {
  const { api } = floor
  await api.importRules(ruleFiles)
  await api.call('PUT', '/api/v1/rules/policy', { levels: ['critical', 'high', 'medium'], statuses: ['stable'] })
  const now = Date.now()
  await api.sendEvents('Workstations', [
    ...ordinaryDay(now, 60, 60 * minuteMs),
    wordStartsPowerShell(now - 5 * minuteMs, hostOf(3), 'alice'),
  ])
  await api.waitForAlerts(1)
})

const title = (words: string) => ({ name: words, level: 1 as const })
const encoded = 'Encoded PowerShell started by Word'

it('shows a new alert by itself, and one reads why it fired without a mouse', async () => {
  const page = await floor.administratorAt('/alerts')
  const rows = page.getByRole('grid', { name: 'Alerts' }).getByRole('row')
  await rows.filter({ hasText: encoded }).waitFor()

  await floor.api.sendEvents('Workstations', [shadowsDeleted(Date.now(), hostOf(3), 'alice')])
  // While somebody reads, what is new waits behind a pill; its key shows it.
  await page.getByRole('button', { name: '1 new' }).waitFor()
  await page.keyboard.press('n')
  await rows.filter({ hasText: 'Shadow copies deleted' }).waitFor()

  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', title('Shadow copies deleted')).waitFor()
  const why = page.locator('section', { has: page.getByRole('heading', { name: 'Why it fired' }) })
  await why.locator('mark', { hasText: 'vssadmin.exe delete shadows /all /quiet' }).first().waitFor()
  await why.getByText('selection', { exact: true }).first().waitFor()

  // The earlier detection on the same host stands in what lies around it and in what is similar.
  const around = page.locator('section', { has: page.getByRole('heading', { name: 'Events around it' }) })
  await around.getByText('This event').waitFor()
  expect(await around.getByRole('listitem').count()).toBeGreaterThan(1)
  const similar = page.locator('section', {
    has: page.getByRole('heading', { name: 'Open alerts of the same entities' }),
  })
  await similar.getByRole('link', { name: encoded }).waitFor()

  await page.keyboard.press('Escape')
  await page.getByRole('heading', title('Triage')).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', title(encoded)).waitFor()
  await why.locator('mark', { hasText: encodedCommand }).first().waitFor()
})

it('takes an alert through its life by keyboard: assign, comment, close with a reason, undo, reopen', async () => {
  const page = await floor.administratorAt(`/alerts?q=${encodeURIComponent(encoded)}`)
  await page.getByRole('row').filter({ hasText: encoded }).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', title(encoded)).waitFor()
  const activity = page.locator('section', { has: page.getByRole('heading', { name: 'Activity' }) })

  await page.keyboard.press('a')
  await page.getByRole('dialog', { name: 'Assign to' }).getByText('(you)').waitFor()
  await page.keyboard.press('Enter')
  await activity.getByText('assigned it to').waitFor()

  await page.keyboard.press('c')
  await page.keyboard.type('The document came by mail; the host is cut off.')
  await page.keyboard.press('Control+Enter')
  await activity.getByText('the host is cut off').waitFor()
  await page.keyboard.press('Escape')

  await page.keyboard.press('e')
  const closing = page.getByRole('dialog', { name: 'Close the alert' })
  await closing.waitFor()
  await page.keyboard.press('2')
  expect(await closing.getByRole('radio', { name: 'True positive, no impact' }).isChecked()).toBe(true)
  await page.keyboard.press('Enter')
  await activity.getByText('changed the status from New to Closed').waitFor()

  await page.keyboard.press('u')
  await page.getByRole('button', { name: 'Close', exact: true }).waitFor()
  await activity.getByText('reopened it').waitFor()

  await page.keyboard.press('e')
  await closing.waitFor()
  await page.keyboard.press('4')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Reopen' }).waitFor()
  await page.keyboard.press('s')
  await page.getByRole('button', { name: 'Close', exact: true }).waitFor()
})

it('closes everything that a filter finds at once, and takes it back', async () => {
  const now = Date.now()
  const many = Array.from({ length: bulkHosts }, (_, index) => whoami(now - index * 1000, hostOf(200 + index), 'bram'))
  await floor.api.sendEvents('Workstations', many)
  await floor.api.waitForAlerts(bulkHosts + 2)

  const page = await floor.administratorAt('/alerts?q=whoami')
  await page.getByText(`${bulkHosts} alerts`).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Control+a')
  await page.getByText('100 selected').waitFor()
  await page.getByRole('button', { name: `Select all ${bulkHosts} that match` }).click()
  await page.keyboard.press('e')
  await page.getByRole('dialog', { name: `Close ${bulkHosts} alerts` }).waitFor()
  await page.keyboard.press('3')
  await page.keyboard.press('Enter')
  await page.getByText(`Changed ${bulkHosts} alerts.`).waitFor()
  await page.getByRole('heading', { name: 'No alerts match these filters' }).waitFor()
  await page.keyboard.press('u')
  await page.getByText('Taken back.').waitFor()
  await page.getByText(`${bulkHosts} alerts`).waitFor()
  const open = await floor.api.alerts('status=new&text=whoami')
  expect(open.total).toBe(bulkHosts)
})

it('keeps the place in a long list while one looks at an alert', async () => {
  const page = await floor.administratorAt('/alerts?q=whoami')
  await page.getByText(`${bulkHosts} alerts`).waitFor()
  for (let step = 0; step < 45; step++) await page.keyboard.press('j')
  const grid = page.getByRole('grid', { name: 'Alerts' })
  const before = await grid.evaluate((element) => element.scrollTop)
  expect(before).toBeGreaterThan(200)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', title('Account discovery with whoami')).waitFor()
  await page.keyboard.press('Escape')
  await grid.waitFor()
  await expect.poll(() => grid.evaluate((element) => element.scrollTop)).toBe(before)
})

it('says who was faster when two people change the same alert', async () => {
  floor.faults.expect(/^409 PATCH \/api\/v1\/alerts\//)
  const { items } = await floor.api.alerts<{ id: string; title: string }>('text=Encoded')
  const path = `/alerts/${items[0]?.id}`
  const page = await floor.administratorAt(path)
  await page.getByRole('heading', title(encoded)).waitFor()
  // The page of the first misses what the second does: its live stream is held up.
  await page.route(
    '**/api/v1/alerts/**',
    async (route) => {
      if (route.request().method() === 'PATCH') await floor.api.call('PATCH', `/api/v1${path}`, { severity: 'low' })
      await route.continue()
    },
    { times: 1 },
  )
  await page.keyboard.press('w')
  await page.getByText('Somebody changed this in the meantime').waitFor()
  await page.getByRole('button', { name: 'Apply my change' }).click()
  await page.getByText('Somebody changed this in the meantime').waitFor({ state: 'hidden' })
  await expect
    .poll(async () => (await floor.api.call<{ status: string; severity: string }>('GET', `/api/v1${path}`)).status)
    .toBe('acknowledged')
})
