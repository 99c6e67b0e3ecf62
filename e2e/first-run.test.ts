import { expect, it } from 'vitest'
import { administrator, enterPassword } from './floor/sign-in.ts'
import { openFloor } from './floor.ts'

const floor = openFloor({ withoutAdministrator: true })

it('leads from the printed link over the first administrator to an empty floor that says what comes next', async () => {
  const page = await floor.browserWindow()
  await page.goto('/login')
  await page.getByText('Watchfloor is not set up yet').waitFor()

  await page.goto(floor.server.setupLink ?? 'no link was printed')
  await page.getByLabel('Organisation').fill('Example Manufacturing')
  await page.getByLabel('Your name').fill('Night Lead')
  await page.getByLabel('E-mail address').fill(administrator.email)
  await page.getByLabel('Password').fill(administrator.password)
  await page.getByRole('button', { name: 'Create the administrator' }).click()

  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.getByRole('heading', { name: 'No source is connected yet' }).waitFor()
  await page.getByRole('link', { name: 'Import rules' }).click()
  await page.getByRole('heading', { name: 'Import rules', level: 1 }).waitFor()

  const empty: [string, string | RegExp][] = [
    ['/alerts', 'No open alerts'],
    ['/events?range=all', 'No events yet'],
    ['/rules', 'No rules yet'],
    ['/sources', 'No source yet'],
    ['/sources/dead-letters', 'No dead letters'],
  ]
  for (const [path, words] of empty) {
    await page.goto(path)
    await page.getByRole('heading', { name: words }).waitFor()
  }
})

it('takes the link once', async () => {
  const page = await floor.browserWindow()
  await page.goto(floor.server.setupLink ?? 'no link was printed')
  await page.getByText('Watchfloor is set up already.').waitFor()
  await page.getByRole('link', { name: 'Go to the sign-in page' }).click()
  await page.getByText('Example Manufacturing').waitFor()
  await enterPassword(page, administrator)
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/')
})
