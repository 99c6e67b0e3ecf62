import { defineModule } from '../../platform/module/module.ts'
import { chainKey } from './chain-key.ts'
import { createAuditTables } from './migrations/2026-11-21-00-audit.ts'
import { auditRoutes } from './routes.ts'
import { sealWaiting, startSealing } from './sealer.ts'
import { createAudit } from './service.ts'

export const auditModule = defineModule({
  name: 'audit',
  permissions: [
    { name: 'audit:read', title: 'Read and export the audit log', roles: ['administrator', 'manager'] },
    { name: 'audit:verify', title: 'Check that the audit log is untouched', roles: ['administrator', 'manager'] },
  ],
  migrations: [createAuditTables],
  create({ platform, log }) {
    const { sql, clock } = platform
    const key = chainKey(platform)
    const seal = () => sealWaiting({ sql, clock, log, key })
    let sealing: ReturnType<typeof startSealing> | undefined
    const service = createAudit({ sql, clock, key, seal, onRecord: () => sealing?.wake() })
    return {
      service,
      routes: auditRoutes(service),
      async start() {
        await key()
        sealing = startSealing(seal, log)
      },
      async stop() {
        await sealing?.stop()
        await seal()
      },
    }
  },
})
