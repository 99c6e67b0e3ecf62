import { me, passwordMinLength, registration, setup, setupStatus } from '@watchfloor/contracts/identity'
import { jsonRoute, type Route } from '../../../platform/http/route.ts'
import { personActor } from '../parts.ts'
import type { IdentityServices } from '../service.ts'
import { originOf, setSession } from './calls.ts'

export const setupRoutes = (services: IdentityServices): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/setup',
    operationId: 'getSetupStatus',
    summary: 'What the login page has to know',
    permission: 'public',
    output: setupStatus,
    async handle() {
      const { settings, organisationName } = services.parts
      return {
        needed: await services.setup.needed(),
        selfRegistration: await settings.selfRegistration.get(),
        organisationName: await organisationName.get(),
        passwordMinLength,
      }
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/setup',
    operationId: 'completeSetup',
    summary: 'Makes the first administrator, once, and signs them in',
    permission: 'public',
    body: setup,
    output: me,
    errors: ['ALREADY_SET_UP', 'BAD_CREDENTIALS'],
    async handle({ body: { organisationName, ...input } }, context) {
      const origin = originOf(context)
      const account = await services.setup.complete(input, origin)
      if (organisationName !== undefined)
        await services.parts.nameOrganisation(personActor(account, origin), organisationName)
      const { session, cookie } = await services.sessions.openBrowser(account, origin, 'set-up')
      setSession(context, cookie)
      return services.own.me({ kind: 'session', account, session })
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/register',
    operationId: 'register',
    summary: 'Makes an account with the role viewer, where self-registration is on; answers alike for taken addresses',
    permission: 'public',
    body: registration,
    errors: ['NOT_READY'],
    handle: ({ body }, context) => services.setup.register(body, originOf(context)),
  }),
]
