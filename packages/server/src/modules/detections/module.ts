import { detection, indicatorMatching } from '@watchfloor/contracts/detections'
import { eventId, pageOf, pageQuery, type Role, ruleId } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { jsonRoute } from '../../platform/http/route.ts'
import { defineModule } from '../../platform/module/module.ts'
import { keyset } from '../../platform/sql/paging.ts'
import { ThreadPool } from '../../platform/threads/pool.ts'
import { artifactsMatchedEvent } from '../artifacts/index.ts'
import { eventsModule, rawTopic } from '../events/index.ts'
import { intelChangedEvent, intelModule } from '../intel/index.ts'
import { rulesChangedEvent, rulesModule } from '../rules/index.ts'
import { detectionsConfig } from './config.ts'
import { matchesSink } from './correlations/matches-sink.ts'
import { CorrelationOwner } from './correlations/owner.ts'
import { detectionsMadeEvent } from './events.ts'
import { exceptionPreviewRoute } from './exception-preview.ts'
import { IndicatorHits } from './indicators/hits.ts'
import { IndicatorLoading } from './indicators/loading.ts'
import type { FoundListedValue } from './indicators/messages.ts'
import { createDetections } from './migrations/2026-11-21-07-detections.ts'
import { detectionKindsAndEvidence } from './migrations/2026-11-21-12-detection-kinds.ts'
import { createCorrelationState } from './migrations/2026-11-21-13-correlation-state.ts'
import { PatternLoading } from './patterns/loading.ts'
import { PatternOwner } from './patterns/owner.ts'
import { partsSink } from './patterns/parts-sink.ts'
import type { FoundDetection, MatchResult, MatchTask } from './pipeline/messages.ts'
import { IngestPipeline } from './pipeline/pipeline.ts'
import { processRecord } from './pipeline/process-record.ts'
import { RuleLoading } from './pipeline/rule-loading.ts'
import { type RecordDetections, recordDetections } from './record.ts'
import { RuleCosts } from './rule-costs.ts'
import { createDetectionSink } from './sink.ts'
import * as store from './store.ts'
import { ArtifactMatches } from './yara/artifact-matches.ts'

const everybody: readonly Role[] = [
  'administrator',
  'operator',
  'analyst',
  'detection-engineer',
  'intelligence-analyst',
  'manager',
  'viewer',
  'machine',
]
const pulseMs = 1000
const dayMs = 86_400_000
const forgottenAtOnce = 5000

/** What the detections module offers to modules above it. */
export interface Detections {
  /** Resolves when everything received so far is stored and matched. */
  settled(): Promise<void>
  count(): Promise<number>
  readonly record: RecordDetections
  /** Detections of listed values that an event of an earlier time holds, made as they are live; nothing is kept. */
  ofListedValues(found: readonly FoundListedValue[], receivedMs: number): Promise<readonly FoundDetection[]>
  /** How many rules the threads run. */
  rulesRunning(): number
  /** The indicators that the threads look for: how many, in how much memory, of which revision of the set. */
  indicatorsRunning(): { readonly indicators: number; readonly bytes: number; readonly revision: number }
  /** How many STIX patterns the threads hold against events. */
  patternsRunning(): number
  /** Runs the work while nothing is read from the log and all stores hold exactly the same of it: for a backup. */
  still<T>(work: () => Promise<T>): Promise<T>
}

export const detectionsModule = defineModule({
  name: 'detections',
  config: detectionsConfig,
  migrations: [createDetections, detectionKindsAndEvidence, createCorrelationState],
  emits: [detectionsMadeEvent],
  permissions: [{ name: 'detections:read', title: 'See detections', roles: everybody }],
  create(host) {
    const { platform, config, log } = host
    const { sql, bus, events: eventStore, clock, outbox, live } = platform
    const events = host.use(eventsModule)
    const rules = host.use(rulesModule)
    const intel = host.use(intelModule)
    const pool = new ThreadPool<MatchTask, MatchResult>({
      file: new URL('./pipeline/match.worker.ts', import.meta.url),
      size: config.threads,
      name: 'match',
      heapMb: 1024,
      lazy: true,
      onFault: (error) => ruleLoading.threadFailed(error),
    })
    const record: RecordDetections = (db, detections, options) =>
      recordDetections(db, { outbox, rules, intel }, detections, options)
    let pulse: NodeJS.Timeout | undefined
    const correlations = new CorrelationOwner(
      {
        maxGroups: config.correlationGroups,
        latenessMs: config.correlationLatenessSeconds * 1000,
        checkpointEveryMs: config.correlationCheckpointSeconds * 1000,
      },
      {
        bus,
        sql,
        blobs: platform.blobs,
        clock,
        log,
        metrics: platform.metrics,
        record,
      },
    )
    const ruleLoading = new RuleLoading({
      runnable: async () => correlations.take(await rules.runnable()),
      pool,
      clock,
      log,
      gauge: platform.metrics.gauge('watchfloor_rules_running', 'Rules that run on the live stream'),
    })

    const indicatorLoading = new IndicatorLoading({
      indicators: intel.indicators,
      pool,
      clock,
      log,
      metrics: platform.metrics,
      seed: new DataView(platform.randomBytes(4).slice().buffer).getUint32(0),
    })
    const patternOwner = new PatternOwner({
      bus,
      sql,
      clock,
      log,
      metrics: platform.metrics,
      record,
    })
    const patternLoading = new PatternLoading({
      patterns: intel.patterns,
      pool,
      collect: (patterns) => patternOwner.take(patterns),
      clock,
      log,
      metrics: platform.metrics,
    })
    const ruleCosts = new RuleCosts(rules, clock, log)
    const indicatorHits = new IndicatorHits(intel, platform.metrics)
    const rulesGivenUp = platform.metrics.counter(
      'watchfloor_rules_given_up_total',
      'Evaluations of a rule that were ended because the event was too dear: the rule was said not to match',
    )

    const pipeline = new IngestPipeline(
      {
        topic: rawTopic,
        partitions: events.partitions,
        window: config.window,
        maxBatchEvents: config.maxBatchEvents,
        checkpointEveryMs: config.checkpointSeconds * 1000,
      },
      {
        bus,
        events: eventStore,
        log,
        sink: matchesSink(
          bus,
          partsSink(
            bus,
            createDetectionSink({
              log,
              sql,
              clock,
              outbox,
              rules,
              intel,
              sources: events.sources,
            }),
          ),
        ),
        async process(record) {
          const result = await processRecord(
            {
              epoch: bus.epoch,
              pool,
              log,
              deadLetter: (bytes, sourceId, reason) => events.deadLetters.add(bytes, sourceId, reason),
            },
            record,
          )
          ruleCosts.add(result.ruleCosts ?? [])
          rulesGivenUp.add(result.rulesGivenUp ?? 0)
          return indicatorHits.complete(result)
        },
      },
    )

    const sendPulse = () =>
      live.publish({
        event: 'ingest.pulse',
        permission: 'events:read',
        data: {
          at: new Date(clock.now()).toISOString(),
          eventsPerSecond: events.sources.ratePerSecond,
          behind: events.pressure.behind,
        },
      })

    outbox.consume('detections.load-rules', [rulesChangedEvent], () => ruleLoading.load())
    outbox.consume('detections.load-indicators', [intelChangedEvent], async (changes) => {
      indicatorHits.forget()
      indicatorLoading.changed()
      if (changes.some((change) => change.body.what === 'patterns')) patternLoading.changed()
    })

    const artifactMatches = new ArtifactMatches({
      sql,
      bus,
      clock,
      log,
      sources: events.sources,
      record,
    })
    outbox.consume('detections.from-artifacts', [artifactsMatchedEvent], async (messages) => {
      for (const { body } of messages) await artifactMatches.take(body)
    })

    return {
      service: {
        count: () => store.count(sql.db),
        record,
        ofListedValues: (found, receivedMs) => indicatorHits.ofValues(found, receivedMs),
        rulesRunning: () => ruleLoading.running,
        indicatorsRunning: () => indicatorLoading.state,
        patternsRunning: () => patternLoading.running,
        still: (work) => pipeline.still(() => correlations.still(() => patternOwner.still(work))),
        async settled() {
          const next = new Map((await bus.stats(rawTopic)).map((one) => [one.partition, one.next]))
          for (const [partition, wanted] of next)
            while (
              ((await eventStore.consumed(rawTopic, partition)) ?? 0) < wanted ||
              ((await store.consumedOutside(sql.db, rawTopic, partition)) ?? 0) < wanted
            )
              await new Promise((resolve) => setTimeout(resolve, 20))
          await correlations.settled()
          await patternOwner.settled()
        },
      } satisfies Detections,
      routes: [
        exceptionPreviewRoute({ sql, clock, rules, events: events.search }),
        jsonRoute({
          method: 'GET',
          path: '/api/v1/detections/indicators',
          operationId: 'getIndicatorMatching',
          summary: 'How many indicators and STIX patterns the live stream is matched with',
          permission: 'detections:read',
          output: indicatorMatching,
          handle: async () => ({ ...indicatorLoading.state, patterns: patternLoading.running }),
        }),
        jsonRoute({
          method: 'GET',
          path: '/api/v1/detections',
          operationId: 'listDetections',
          summary: 'Detections of a rule or an event, newest first',
          permission: 'detections:read',
          query: pageQuery.extend({ ruleId: ruleId.optional(), eventId: eventId.optional() }),
          output: pageOf(detection),
          handle: async ({ query: { cursor, limit, ...filter } }) => {
            const paging = keyset<store.DetectionRow, [number, string]>({
              columns: ['time_ms', 'id'],
              direction: 'desc',
              key: z.tuple([z.number(), z.string()]),
              query: filter,
            })
            const rows = await store.list(sql.db, filter, paging, cursor, limit + 1)
            const page = paging.toPage(rows, limit, (row) => [row.time_ms, row.id])
            return { ...page, items: page.items.map(store.detectionOf) }
          },
        }),
      ],
      jobs: [
        {
          name: 'detections.retain',
          cron: '29 3 * * *',
          retries: 2,
          timeoutSeconds: 1800,
          concurrency: 1,
          async run(job) {
            let removed = 0
            for (;;) {
              const gone = await store.removeBefore(sql.db, clock.now() - config.retentionDays * dayMs, forgottenAtOnce)
              removed += gone
              if (gone < forgottenAtOnce || job.signal.aborted) return { removed }
            }
          },
        },
      ],
      async start() {
        await correlations.start()
        await patternOwner.start()
        await pipeline.start(
          Promise.all([ruleLoading.first(), indicatorLoading.first(), patternLoading.first()]).then(() => {}),
        )
        pulse = setInterval(() => {
          events.pressure
            .look()
            .then(sendPulse, (error: unknown) =>
              log.warn('the state of the log is not known', { error: String(error) }),
            )
        }, pulseMs)
      },
      async stop() {
        ruleLoading.stop()
        patternLoading.stop()
        clearInterval(pulse)
        await indicatorLoading.stop()
        await pipeline.stop()
        await ruleCosts.save()
        await correlations.stop()
        await patternOwner.stop()
        await pool.close()
      },
      health: async () => {
        const troubles = [
          pipeline.trouble,
          ruleLoading.trouble,
          indicatorLoading.trouble,
          patternLoading.trouble,
          correlations.trouble,
          patternOwner.trouble,
        ].filter((one) => one !== undefined)
        return [
          troubles.length === 0
            ? { name: 'ingest', state: 'up' as const }
            : { name: 'ingest', state: 'degraded' as const, message: troubles.join('; ') },
        ]
      },
    }
  },
})
