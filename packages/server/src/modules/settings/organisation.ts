import { z } from 'zod'
import type { Settings } from './service.ts'

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** What everybody needs to know of the organisation. */
export const defineOrganisation = (settings: Settings) => ({
  name: settings.define({
    key: 'organisation.name',
    title: 'Name',
    description: 'Shown at the login, in reports and in the names of authenticator entries.',
    schema: z.string().trim().min(1).max(120),
    default: 'Watchfloor',
  }),
  timeZone: settings.define({
    key: 'organisation.timeZone',
    title: 'Time zone',
    description: 'Where days and working hours begin in schedules and reports, e.g. `Europe/Berlin`.',
    schema: z.string().max(60).refine(isTimeZone, 'not a time zone; use an IANA name such as `Europe/Berlin` or `UTC`'),
    default: 'UTC',
  }),
})
