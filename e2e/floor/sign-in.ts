import type { Page } from 'playwright-core'

export interface Account {
  readonly email: string
  readonly password: string
}

export const administrator: Account = { email: 'night.lead@example.org', password: 'night-shift-lantern-42' }

/** Fills in the login form. */
export async function enterPassword(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Opens a page as nobody, signs in, and waits until that page stands. */
export async function signIn(page: Page, account: Account, path = '/'): Promise<void> {
  await page.goto(path)
  await page.waitForURL(/\/login/)
  await enterPassword(page, account)
  await page.waitForURL((url) => !url.pathname.startsWith('/login'))
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
}
