import { rulesChanged } from '@watchfloor/contracts/rules'
import { defineModule } from '../../platform/module/module.ts'
import { auditModule } from '../audit/index.ts'
import { createRules } from './migrations/2026-11-21-05-rules.ts'
import { ruleKinds } from './migrations/2026-11-21-11-rule-kinds.ts'
import { RuleReader } from './reader.ts'
import { ruleRoutes } from './routes.ts'
import { Rules } from './service.ts'

export const rulesModule = defineModule({
  name: 'rules',
  migrations: [createRules, ruleKinds],
  emits: [{ name: 'rules.changed', schema: rulesChanged }],
  permissions: [
    {
      name: 'rules:read',
      title: 'See rules, check and try them',
      roles: [
        'administrator',
        'operator',
        'analyst',
        'detection-engineer',
        'intelligence-analyst',
        'manager',
        'viewer',
        'machine',
      ],
    },
    {
      name: 'rules:write',
      title: 'Import, edit, switch and delete rules',
      roles: ['administrator', 'detection-engineer'],
    },
  ],
  create(host) {
    const { sql, clock, outbox } = host.platform
    const reader = new RuleReader(clock)
    const rules = new Rules({ sql, clock, outbox, audit: host.use(auditModule), reader })
    return { service: rules, routes: ruleRoutes(rules), stop: () => reader.close() }
  },
})
