import { defineModule } from '../../platform/module/module.ts'
import { uuidv7Maker } from '../../platform/sql/uuidv7.ts'
import { auditModule } from '../audit/index.ts'
import { settingsModule } from '../settings/index.ts'
import { createAccessTokens } from './access-token.ts'
import { identityConfig } from './config.ts'
import { createIdentity } from './migrations/2026-11-21-02-identity.ts'
import { createPasswords } from './passwords.ts'
import { createRoleTable } from './role-table.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { ownAccountRoutes } from './routes/own-account.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { setupRoutes } from './routes/setup.ts'
import { userRoutes } from './routes/users.ts'
import { createIdentityServices, identityOf } from './service.ts'
import { defineIdentitySettings } from './settings.ts'

export const identityModule = defineModule({
  name: 'identity',
  config: identityConfig,
  permissions: [
    { name: 'users:read', title: 'See people and roles', roles: ['administrator', 'operator', 'manager'] },
    { name: 'users:write', title: 'Make, change and remove accounts', roles: ['administrator'] },
    { name: 'api-keys:read', title: "See everybody's API keys", roles: ['administrator'] },
    { name: 'api-keys:write', title: "Revoke anybody's API keys", roles: ['administrator'] },
  ],
  migrations: [createIdentity],
  create({ platform, config, log, use }) {
    const settings = use(settingsModule)
    const services = createIdentityServices({
      ...platform,
      log,
      config,
      audit: use(auditModule),
      settings: defineIdentitySettings(settings),
      organisationName: settings.organisation.name,
      nameOrganisation: async (actor, name) => {
        await settings.set(actor, settings.organisation.name.key, name)
      },
      roles: createRoleTable(),
      passwords: createPasswords(),
      accessTokens: createAccessTokens(platform.crypto),
      newId: uuidv7Maker(platform.clock, (count) => platform.randomBytes(count)),
      randomBytes: (count) => platform.randomBytes(count),
    })
    return {
      service: identityOf(services),
      routes: [
        ...setupRoutes(services),
        ...sessionRoutes(services),
        ...ownAccountRoutes(services),
        ...apiKeyRoutes(services),
        ...userRoutes(services),
      ],
      jobs: [
        {
          name: 'identity.tidy',
          cron: '17 * * * *',
          retries: 0,
          timeoutSeconds: 120,
          concurrency: 1,
          run: () => services.tidy(),
        },
      ],
      start: services.callers.start,
      stop: services.callers.stop,
    }
  },
})
