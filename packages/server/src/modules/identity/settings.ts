import { type Role, role } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import type { Setting, Settings } from '../settings/index.ts'

export interface IdentitySettings {
  readonly idleMinutes: Setting<number>
  readonly sessionHours: Setting<number>
  readonly refreshDays: Setting<number>
  readonly apiKeyMaxDays: Setting<number>
  readonly selfRegistration: Setting<boolean>
  readonly secondFactorRoles: Setting<Role[]>
}

export const defineIdentitySettings = (settings: Settings): IdentitySettings => ({
  idleMinutes: settings.define({
    key: 'identity.sessionIdleMinutes',
    title: 'Sign out after idling',
    description: 'A browser session ends when nothing was asked of the server for this long.',
    schema: z.number().int().min(5).max(1440),
    default: 120,
    unit: 'minutes',
  }),
  sessionHours: settings.define({
    key: 'identity.sessionHours',
    title: 'Sign in again after',
    description: 'A browser session ends after this time however much it is used.',
    schema: z.number().int().min(1).max(168),
    default: 12,
    unit: 'hours',
  }),
  refreshDays: settings.define({
    key: 'identity.refreshDays',
    title: 'API clients sign in again after',
    description: 'How long refresh tokens can be exchanged for new ones after a login.',
    schema: z.number().int().min(1).max(365),
    default: 30,
    unit: 'days',
  }),
  apiKeyMaxDays: settings.define({
    key: 'identity.apiKeyMaxDays',
    title: 'Longest life of an API key',
    description: 'Keys made from now on expire after this time at the latest.',
    schema: z.number().int().min(1).max(3650),
    default: 365,
    unit: 'days',
  }),
  selfRegistration: settings.define({
    key: 'identity.selfRegistration',
    title: 'Self-registration',
    description: 'Anybody who reaches the login page can make an account with the role viewer.',
    schema: z.boolean(),
    default: false,
  }),
  secondFactorRoles: settings.define({
    key: 'identity.secondFactorRoles',
    title: 'Roles that need a second factor',
    description: 'People with one of these roles have to enrol an authenticator before they can do anything else.',
    schema: z.array(role).max(8),
    default: [],
  }),
})
