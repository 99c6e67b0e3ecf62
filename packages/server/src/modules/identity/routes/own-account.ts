import {
  me,
  passwordChange,
  preferences,
  profileChange,
  recoveryCodes,
  totpConfirm,
  totpDisable,
  totpEnrolment,
  totpStart,
} from '@watchfloor/contracts/identity'
import { jsonRoute, type Route } from '../../../platform/http/route.ts'
import type { IdentityServices } from '../service.ts'
import { knownOf, originOf, personOf, setSession } from './calls.ts'

const proofErrors = ['BAD_CREDENTIALS', 'ACCOUNT_LOCKED'] as const

export const ownAccountRoutes = (services: IdentityServices): Route[] => [
  jsonRoute({
    method: 'PATCH',
    path: '/api/v1/me',
    operationId: 'changeMe',
    summary: 'Changes your name',
    permission: 'self',
    body: profileChange,
    output: me,
    async handle({ body }, context) {
      const person = await personOf(services, context)
      await services.own.rename(person, body.displayName, originOf(context))
      return services.own.me(await knownOf(services, context))
    },
  }),
  jsonRoute({
    method: 'PUT',
    path: '/api/v1/me/preferences',
    operationId: 'setPreferences',
    summary: 'Keeps how you like the interface',
    permission: 'self',
    body: preferences,
    output: preferences,
    handle: async ({ body }, context) => services.own.setPreferences(await personOf(services, context), body),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/me/password',
    operationId: 'changePassword',
    summary: 'Changes your password and ends your other sessions',
    permission: 'self',
    body: passwordChange,
    output: me,
    errors: proofErrors,
    async handle({ body }, context) {
      const person = await personOf(services, context)
      setSession(context, await services.own.changePassword(person, body, originOf(context)))
      const session = { ...person.session, authenticated_ms: services.parts.clock.now() }
      return services.own.me({ ...person, session, account: { ...person.account, must_change_password: false } })
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/me/totp',
    operationId: 'startTotp',
    summary: 'Begins to enrol an authenticator',
    permission: 'self',
    body: totpStart,
    output: totpEnrolment,
    errors: proofErrors,
    handle: async ({ body }, context) =>
      services.enrolment.start(await personOf(services, context), body.password, originOf(context)),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/me/totp/confirm',
    operationId: 'confirmTotp',
    summary: 'Enrols the authenticator with a first code; answers with the recovery codes',
    permission: 'self',
    rateLimitPerMinute: 20,
    body: totpConfirm,
    output: recoveryCodes,
    errors: ['CONFLICT', 'SECOND_FACTOR_WRONG'],
    async handle({ body }, context) {
      const person = await personOf(services, context)
      const { recoveryCodes: codes, cookie } = await services.enrolment.confirm(person, body.code, originOf(context))
      setSession(context, cookie)
      return { recoveryCodes: codes }
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/me/totp/disable',
    operationId: 'disableTotp',
    summary: 'Removes the authenticator',
    permission: 'self',
    body: totpDisable,
    errors: proofErrors,
    handle: async ({ body }, context) =>
      services.enrolment.disable(await personOf(services, context), body.password, originOf(context)),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/me/recovery-codes',
    operationId: 'renewRecoveryCodes',
    summary: 'Makes new recovery codes; the old ones are void',
    permission: 'self',
    body: totpStart,
    output: recoveryCodes,
    errors: [...proofErrors, 'CONFLICT'],
    async handle({ body }, context) {
      const person = await personOf(services, context)
      return { recoveryCodes: await services.enrolment.renewRecoveryCodes(person, body.password, originOf(context)) }
    },
  }),
]
