import { defineModule } from '../../platform/module/module.ts'
import { auditModule } from '../audit/index.ts'
import { createSettingsTable } from './migrations/2026-11-21-01-settings.ts'
import { defineOrganisation } from './organisation.ts'
import { settingsRoutes } from './routes.ts'
import { createSettings, type Settings } from './service.ts'

export const settingsModule = defineModule({
  name: 'settings',
  permissions: [
    { name: 'settings:read', title: 'See the settings', roles: ['administrator', 'operator', 'manager'] },
    { name: 'settings:write', title: 'Change the settings', roles: ['administrator'] },
  ],
  migrations: [createSettingsTable],
  create({ platform, log, use }) {
    const settings = createSettings({ ...platform, log, audit: use(auditModule) })
    const organisation = defineOrganisation(settings)
    const service: Settings & { organisation: typeof organisation } = { ...settings, organisation }
    return { service, routes: settingsRoutes(settings), start: settings.start, stop: settings.stop }
  },
})
