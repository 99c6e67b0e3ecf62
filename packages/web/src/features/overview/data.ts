import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AlertChanged } from '@watchfloor/contracts/alerts'
import type { Source } from '@watchfloor/contracts/events'
import type { Severity } from '@watchfloor/contracts/kernel'
import { useRef, useState } from 'react'
import { api, call } from '../../app/api.ts'
import { useLive } from '../../app/live/live-provider.tsx'
import type { rangeToUrl } from '../../ui/time-range.ts'

/** The range of the page, as links carry it: a number and the list it counts must agree. */
export type RangeSearch = ReturnType<typeof rangeToUrl>

export interface AlertSummary {
  readonly open: number
  readonly unassigned: number
  readonly closed: number
  readonly bySeverity: Readonly<Record<string, number>>
  readonly topRules: readonly {
    ruleId: string
    title: string
    severity: Severity
    alerts: number
    detections: number
  }[]
  readonly topEntities: readonly { field: string; value: string; alerts: number; worst: Severity }[]
  readonly techniques: readonly { technique: string; alerts: number }[]
  readonly intervalMs: number
  readonly bars: readonly { start: string; bySeverity: Readonly<Record<string, number>> }[]
  readonly medianAcknowledgeMinutes: number | null
  readonly medianCloseMinutes: number | null
}

/** At most one refetch in this time, however many alerts change. */
const calmMs = 5000

/** Figures of the range; loaded again, calmly, while alerts change. */
export function useSummary(from: string, to: string, enabled: boolean) {
  const queries = useQueryClient()
  const waiting = useRef(false)
  useLive<AlertChanged>('alerts.changed', () => {
    if (waiting.current) return
    waiting.current = true
    setTimeout(() => {
      waiting.current = false
      void queries.invalidateQueries({ queryKey: ['alerts', 'summary'] })
    }, calmMs)
  })
  return useQuery({
    queryKey: ['alerts', 'summary', from, to],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<AlertSummary>(api.GET('/api/v1/alerts/summary', { params: { query: { from, to, buckets: 48 } }, signal })),
  })
}

export const useSources = (enabled: boolean) =>
  useQuery({
    queryKey: ['sources'],
    enabled,
    refetchInterval: 15_000,
    queryFn: ({ signal }) => call<{ items: Source[] }>(api.GET('/api/v1/sources', { signal })),
  })

export interface Pulse {
  readonly at: string
  readonly eventsPerSecond: number
  readonly behind: number
}

/** Seconds that the little chart shows. */
const pulseSeconds = 300

/** What came in during the last five minutes, second by second, as far as this page has been open. */
export function usePulse(): readonly Pulse[] {
  const [pulses, setPulses] = useState<readonly Pulse[]>([])
  useLive<Pulse>('ingest.pulse', (pulse) => setPulses((now) => [...now.slice(1 - pulseSeconds), pulse]))
  return pulses
}
