import type { FloorApi } from './floor-api.ts'
import { hostOf, ordinaryDay, processStarted, shadowsDeleted, whoami, wordStartsPowerShell } from './made-events.ts'
import { misspelt, ruleFiles } from './made-rules.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

export const longName =
  'Workstations of the branch office in Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch, second floor'
const longHost = 'ws-with-a-name-that-somebody-made-out-of-the-whole-inventory-number-0000417.branch-office.example.org'

/** Addresses of what a busy floor shows. */
export interface MadeFloor {
  readonly alertId: string
  readonly eventId: string
  readonly ruleId: string
  readonly sourceId: string
}

/** Fills a floor with a day of ordinary and less ordinary events, rules, people, and names of every length. */
export async function makeFloor(api: FloorApi, nowMs: number): Promise<MadeFloor> {
  await api.importRules([...ruleFiles, { path: 'misspelt.yml', text: misspelt }])
  await api.call('PUT', '/api/v1/rules/policy', {
    levels: ['critical', 'high', 'medium'],
    statuses: ['stable', 'test'],
  })
  for (const [email, name, role] of [
    ['ada.analyst@example.org', 'Ada Analyst', 'analyst'],
    ['dietmar.detection@example.org', 'Dietmar Detection', 'detection-engineer'],
    ['maximiliane@example.org', 'Maximiliane Charlotte von Hohenberg-Weissenstein', 'manager'],
  ] as const)
    await api.addPerson(email, name, role)
  await api.sendEvents('Workstations', [
    ...ordinaryDay(nowMs, 600, 23 * hourMs),
    ...Array.from({ length: 30 }, (_, index) => whoami(nowMs - index * 37 * minuteMs, hostOf(index), 'bram')),
    ...Array.from({ length: 9 }, (_, index) =>
      wordStartsPowerShell(nowMs - index * 90 * minuteMs, hostOf(index % 5), 'alice'),
    ),
    shadowsDeleted(nowMs - 3 * minuteMs, hostOf(3), 'alice'),
  ])
  await api.call('POST', '/api/v1/patterns/import', {
    source: longName.slice(0, 120),
    bundle: {
      type: 'bundle',
      objects: [
        "[process:command_line LIKE '%never-seen%']",
        "([process:name = 'a.exe'] FOLLOWEDBY [process:name = 'b.exe']) WITHIN 60 SECONDS",
        "[domain-name:value = 'evil.example' OR ipv4-addr:value = '203.0.113.9']",
      ].map((pattern, at) => ({
        type: 'indicator',
        id: `indicator--00000000-0000-4000-8000-00000000000${at}`,
        name: at === 0 ? longName : `Pattern ${at}`,
        pattern,
        pattern_type: 'stix',
      })),
    },
  })
  await api.sendEvents(longName, [
    shadowsDeleted(nowMs - 9 * minuteMs, longHost, 'maximiliane.von.hohenberg-weissenstein'),
    processStarted({
      atMs: nowMs,
      host: longHost,
      user: 'alice',
      image: 'C:\\x.exe',
      commandLine: `x.exe ${'/argument '.repeat(120)}`,
      parent: 'C:\\y.exe',
    }),
  ])
  await api.waitForAlerts(36)
  const { items: alerts } = await api.alerts<{ id: string; title: string; ruleId: string }>('text=Encoded')
  const { items: events } = await api.call<{ items: { id: string }[] }>(
    'GET',
    '/api/v1/events/search?from=2000-01-01T00:00:00.000Z&to=2100-01-01T00:00:00.000Z&limit=1',
  )
  const { items: sources } = await api.call<{ items: { id: string }[] }>('GET', '/api/v1/sources')
  const [alert] = alerts
  if (!alert || !events[0] || !sources[0]) throw new Error('the floor was not filled')
  await api.call('POST', `/api/v1/alerts/${alert.id}/comments`, {
    text: 'The document came by mail from outside; the host is cut off.',
  })
  return { alertId: alert.id, eventId: events[0].id, ruleId: alert.ruleId, sourceId: sources[0].id }
}
