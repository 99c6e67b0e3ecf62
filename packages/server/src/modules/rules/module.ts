import { type Actor, systemActor } from '@watchfloor/contracts/kernel'
import { rulesChanged } from '@watchfloor/contracts/rules'
import type { JobDefinition } from '../../platform/jobs/jobs.ts'
import { defineModule } from '../../platform/module/module.ts'
import { auditModule } from '../audit/index.ts'
import { eventsModule } from '../events/index.ts'
import { coverageRoutes } from './coverage/routes.ts'
import { RuleCoverage } from './coverage/service.ts'
import { ruleLifeRoutes } from './life-routes.ts'
import { createRules } from './migrations/2026-11-21-05-rules.ts'
import { ruleKinds } from './migrations/2026-11-21-11-rule-kinds.ts'
import { ruleLife } from './migrations/2026-11-21-11b-rule-life.ts'
import { rulePackUpdates } from './migrations/2026-11-21-11c-rule-packs.ts'
import { RuleOffers } from './packs/offers.ts'
import { packRoutes } from './packs/routes.ts'
import { type ApplyOptions, RulePacks } from './packs/service.ts'
import { RuleReader } from './reader.ts'
import { ruleRoutes } from './routes.ts'
import { Rules } from './service.ts'

export const rulesModule = defineModule({
  name: 'rules',
  migrations: [createRules, ruleKinds, ruleLife, rulePackUpdates],
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
    {
      name: 'rules:except',
      title: 'Write exceptions and keep samples of rules, for instance from an alert',
      roles: ['administrator', 'detection-engineer', 'analyst'],
    },
    {
      name: 'rules:sources',
      title: 'Choose the addresses that packs of rules are fetched from',
      roles: ['administrator'],
    },
  ],
  create(host) {
    const { sql, clock, outbox, outgoing, jobs } = host.platform
    const reader = new RuleReader(clock)
    const { search } = host.use(eventsModule)
    const parts = { sql, clock, outbox, audit: host.use(auditModule), reader }
    const rules = new Rules(parts, (id) => search.kept(id))
    const packs = new RulePacks(
      {
        ...parts,
        outgoing,
        async applyLater(db, updateId, actor, options) {
          const by = { kind: actor.kind, id: actor.id, name: actor.name }
          await jobs.enqueue<ApplyPackInput>('rules.apply-pack', { updateId, by, options }, { db, key: updateId })
        },
      },
      rules.writer,
    )
    return {
      service: rules,
      routes: [
        ...ruleRoutes(rules),
        ...ruleLifeRoutes(rules),
        ...packRoutes(packs, new RuleOffers(parts, rules.writer)),
        ...coverageRoutes(new RuleCoverage(parts)),
      ],
      jobs: [
        {
          name: 'rules.expire-exceptions',
          cron: '* * * * *',
          retries: 2,
          timeoutSeconds: 60,
          concurrency: 1,
          run: async () => ({ expired: await rules.exceptions.expire(systemActor('exceptions')) }),
        },
        applyPackJob(packs),
      ],
      stop: () => reader.close(),
    }
  },
})

interface ApplyPackInput {
  readonly updateId: string
  readonly by: Pick<Actor, 'kind' | 'id' | 'name'>
  readonly options: ApplyOptions
}

const applyPackJob = (packs: RulePacks): JobDefinition<ApplyPackInput> => ({
  name: 'rules.apply-pack',
  retries: 0,
  timeoutSeconds: 1800,
  concurrency: 1,
  run: ({ input: { updateId, by, options }, progress }) =>
    packs.applyNow({ ...by, roles: [], permissions: new Set() }, updateId, options, progress),
})
