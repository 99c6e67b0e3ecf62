import type { Page } from 'playwright-core'
import type { MadeFloor } from './made-floor.ts'

/** Every page of the interface, with what of it can be opened by its address. */
export const everyPage: readonly (readonly [name: string, path: (floor: MadeFloor) => string])[] = [
  ['overview', () => '/'],
  ['triage', () => '/alerts'],
  ['triage-panel', ({ alertId }) => `/alerts?open=${alertId}`],
  ['alert', ({ alertId }) => `/alerts/${alertId}`],
  ['hunt', () => '/events'],
  ['hunt-columns', () => '/events?columns=host.name%2Cuser.name%2Cprocess.name'],
  ['workbench', () => '/hunts'],
  ['saved-hunts', () => '/hunts/saved'],
  ['artifacts', () => '/artifacts'],
  ['yara', () => '/yara'],
  ['event', ({ eventId }) => `/events/${eventId}`],
  ['rules', () => '/rules'],
  ['rule', ({ ruleId }) => `/rules/${ruleId}`],
  ['rule-versions', ({ ruleId }) => `/rules/${ruleId}?tab=versions`],
  ['rule-samples', ({ ruleId }) => `/rules/${ruleId}?tab=samples`],
  ['rule-exceptions', ({ ruleId }) => `/rules/${ruleId}?tab=exceptions`],
  ['rule-noise', ({ ruleId }) => `/rules/${ruleId}?tab=noise`],
  ['packs', () => '/rules/packs'],
  ['coverage', () => '/coverage'],
  ['rule-new', () => '/rules/new'],
  ['rule-import', () => '/rules/import'],
  ['sources', () => '/sources'],
  ['source-panel', ({ sourceId }) => `/sources?open=${sourceId}`],
  ['dead-letters', () => '/sources/dead-letters'],
  ['indicators', () => '/indicators'],
  ['patterns', () => '/patterns'],
  ['warning-lists', () => '/warning-lists'],
  ['settings', () => '/settings'],
  ['users', () => '/settings/users'],
  ['audit', () => '/settings/audit'],
  ['system', () => '/settings/system'],
  ['account', () => '/account'],
  ['not-found', () => '/nothing/here'],
]

/** Shows the page in another theme, and waits until nothing fades any more: what is within fades after what is around it. */
export async function changeTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.evaluate(async () => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    for (let still = 0; still < 5; still++) {
      await nextFrame()
      if (document.getAnimations().some((each) => each.playState === 'running')) still = 0
    }
  })
}

/** Waits until the page shows what it has: no placeholder left, nothing under way but the live stream. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').getByRole('heading').first().waitFor()
  await page.waitForFunction(() => document.querySelector('.skeleton, [aria-busy="true"]') === null)
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}
