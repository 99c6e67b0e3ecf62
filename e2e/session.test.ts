import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { administrator, enterPassword, signIn } from './floor/sign-in.ts'
import { textOf } from './floor/text-of.ts'
import { nextTotp, totpAt } from './floor/totp.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()

/** A session of its own, since these tests end it. */
async function signedInAt(path: string): Promise<Page> {
  const page = await floor.browserWindow()
  await signIn(page, administrator, path)
  return page
}

it('refuses a wrong password in words and keeps the address', async () => {
  floor.faults.expect(/^401 POST \/api\/v1\/session$/)
  const page = await floor.browserWindow()
  await page.goto('/login')
  await enterPassword(page, { ...administrator, password: 'not-the-lantern-at-all' })
  const refusal = page.getByRole('alert')
  await refusal.waitFor()
  expect(await textOf(refusal)).toMatch(/password/i)
  expect(await page.getByLabel('E-mail address').inputValue()).toBe(administrator.email)
})

it('signs in and out; what was seen is gone afterwards', async () => {
  const page = await signedInAt('/')
  await page.getByRole('link', { name: 'Triage' }).click()
  await page.getByRole('heading', { name: 'Triage', level: 1 }).waitFor()
  await page.getByTitle('Account of').click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/login/)
  await page.goBack()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
})

it('comes back to the same place when the session has ended', async () => {
  floor.faults.expect(/^401 /)
  const page = await signedInAt('/events?q=host.name%3Aws-001*&range=7d')
  await page.getByRole('heading', { name: 'Hunt', level: 1 }).waitFor()
  // Somebody else ends the session, as an administrator can.
  const { items } = await floor.api.call<{ items: { id: string; email: string }[] }>('GET', '/api/v1/users')
  const me = items.find((user) => user.email === administrator.email)
  await floor.api.call('DELETE', `/api/v1/users/${me?.id}/sessions`)

  await page.getByRole('link', { name: 'Detection' }).click()
  await page.waitForURL(/\/login\?/)
  await page.getByText('Your session has ended').waitFor()
  await enterPassword(page, administrator)
  await page.getByRole('heading', { name: 'Rules', level: 1 }).waitFor()
})

it('follows a link of a colleague through the login', async () => {
  const page = await signedInAt('/events?q=host.name%3Aws-001*&range=7d')
  const url = new URL(page.url())
  expect(url.pathname).toBe('/events')
  expect(url.searchParams.get('q')).toBe('host.name:ws-001*')
  expect(url.searchParams.get('range')).toBe('7d')
})

it('does not follow a link that leads elsewhere', async () => {
  const page = await floor.browserWindow()
  await page.goto('/login?next=https%3A%2F%2Fevil.example.net%2F')
  await enterPassword(page, administrator)
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  expect(page.url().startsWith(floor.server.url)).toBe(true)
})

it('sets up a second factor, asks for it at the next login, and takes each code once', async () => {
  floor.faults.expect(/^401 POST \/api\/v1\/session$/)
  const page = await signedInAt('/account')
  await page.getByRole('button', { name: 'Set up an authenticator' }).click()
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator' })
  await dialog.getByRole('img', { name: 'Code to scan' }).waitFor()
  const secret = await textOf(dialog.locator('code'))
  const enrolledWith = totpAt(secret, Date.now())
  await dialog.getByLabel('Six digits').fill(enrolledWith)
  await dialog.getByRole('button', { name: 'Switch it on' }).click()
  await dialog.getByText('Keep these recovery codes').waitFor()
  const recoveryCodes = await dialog.getByRole('listitem').allInnerTexts()
  expect(recoveryCodes.length).toBeGreaterThanOrEqual(8)
  await dialog.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByText('An authenticator is set up').waitFor()

  const second = await floor.browserWindow()
  await second.goto('/login')
  await enterPassword(second, administrator)
  await second.getByRole('heading', { name: 'Second factor' }).waitFor()
  await second.getByLabel('Code').fill(enrolledWith)
  await second.getByRole('button', { name: 'Continue' }).click()
  await second.getByRole('alert').waitFor()
  await second.getByLabel('Code').fill(nextTotp(secret, Date.now()))
  await second.getByRole('button', { name: 'Continue' }).click()
  await second.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()

  const third = await floor.browserWindow()
  await third.goto('/login')
  await enterPassword(third, administrator)
  await third.getByLabel('Code').fill(recoveryCodes[0] ?? '')
  await third.getByRole('button', { name: 'Continue' }).click()
  await third.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()

  await page.getByRole('button', { name: 'Remove it' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
  await page.getByText('Signing in asks for the password alone').waitFor()
})
