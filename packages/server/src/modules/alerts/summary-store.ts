import type { Severity } from '@watchfloor/contracts/kernel'
import { severities } from '@watchfloor/contracts/kernel'
import { sql } from 'kysely'
import type { Db } from '../../platform/sql/sql.ts'

interface Range {
  readonly fromMs: number
  readonly toMs: number
}

/** Open, unassigned and closed counts, and counts by severity (of open alerts) and status, of alerts seen in the range. */
export async function counts(db: Db, { fromMs, toMs }: Range) {
  const rows = await sql<{ severity: Severity; status: string; assigned: boolean; alerts: number }>`
    SELECT severity, status, assignee_id IS NOT NULL AS assigned, count(*)::int AS alerts FROM alert
    WHERE last_seen_ms >= ${fromMs} AND first_seen_ms < ${toMs} GROUP BY 1, 2, 3`.execute(db)
  return rows.rows
}

export async function topRules(db: Db, { fromMs, toMs }: Range, limit: number) {
  const rows = await sql<{
    rule_id: string
    title: string
    severity_rank: number
    alerts: number
    detections: number
  }>`
    SELECT rule_id, min(rule_title) AS title, max(severity_rank)::int AS severity_rank, count(*)::int AS alerts,
      sum(count)::int AS detections
    FROM alert WHERE status <> 'closed' AND last_seen_ms >= ${fromMs} AND first_seen_ms < ${toMs}
    GROUP BY rule_id ORDER BY severity_rank DESC, alerts DESC, rule_id LIMIT ${limit}`.execute(db)
  return rows.rows.map((row) => ({ ...row, severity: severities[row.severity_rank] ?? 'informational' }))
}

/** Alerts of each rule since an instant, and what became of them. */
export async function countsByRule(db: Db, sinceMs: number) {
  const rows = await sql<{ rule_id: string; alerts: number; closed: number; false_positives: number }>`
    SELECT rule_id, count(*)::int AS alerts, count(*) FILTER (WHERE status = 'closed')::int AS closed,
      count(*) FILTER (WHERE status = 'closed' AND resolution = 'false-positive')::int AS false_positives
    FROM alert WHERE created_ms >= ${sinceMs} GROUP BY rule_id`.execute(db)
  return rows.rows.map((row) => ({
    ruleId: row.rule_id,
    alerts: row.alerts,
    closed: row.closed,
    falsePositives: row.false_positives,
  }))
}

export async function topEntities(db: Db, { fromMs, toMs }: Range, limit: number) {
  const rows = await sql<{ field: string; value: string; alerts: number; worst: number }>`
    SELECT e.field, e.value, count(*)::int AS alerts, max(a.severity_rank)::int AS worst
    FROM alert_entity AS e JOIN alert AS a ON a.id = e.alert_id
    WHERE a.status <> 'closed' AND a.last_seen_ms >= ${fromMs} AND a.first_seen_ms < ${toMs}
      AND e.field IN ('host.name', 'user.name', 'source.ip')
    GROUP BY e.field, e.value ORDER BY worst DESC, alerts DESC, e.value LIMIT ${limit}`.execute(db)
  return rows.rows.map((row) => ({ ...row, worst: severities[row.worst] ?? 'informational' }))
}

export async function techniques(db: Db, { fromMs, toMs }: Range, limit: number) {
  const rows = await sql<{ technique: string; alerts: number }>`
    SELECT technique, count(*)::int AS alerts FROM alert, jsonb_array_elements_text(techniques) AS technique
    WHERE status <> 'closed' AND last_seen_ms >= ${fromMs} AND first_seen_ms < ${toMs}
    GROUP BY technique ORDER BY alerts DESC, technique LIMIT ${limit}`.execute(db)
  return rows.rows
}

/** Alerts by the interval they were first seen in, and severity. */
export async function bars(db: Db, { fromMs, toMs }: Range, intervalMs: number) {
  const rows = await sql<{ bar: number; severity: Severity; alerts: number }>`
    SELECT ((first_seen_ms - ${fromMs}::bigint) / ${intervalMs}::bigint)::int AS bar, severity, count(*)::int AS alerts
    FROM alert WHERE first_seen_ms >= ${fromMs} AND first_seen_ms < ${toMs} GROUP BY 1, 2`.execute(db)
  return rows.rows
}

/** Median ms from making to acknowledging and to closing, of alerts made in the range. */
export async function medians(db: Db, { fromMs, toMs }: Range) {
  const rows = await sql<{ acknowledge: number | null; close: number | null }>`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY acknowledged_ms - created_ms) AS acknowledge,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_ms - created_ms) AS close
    FROM alert WHERE created_ms >= ${fromMs} AND created_ms < ${toMs}`.execute(db)
  const row = rows.rows[0]
  return { acknowledgeMs: row?.acknowledge ?? null, closeMs: row?.close ?? null }
}
