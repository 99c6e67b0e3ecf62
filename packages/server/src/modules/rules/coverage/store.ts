import { sql } from 'kysely'
import { jsonb } from '../../../platform/sql/json.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { type RuleTables, tables } from '../tables.ts'

/** Rules by technique, with the detections of each one's rules since a day. */
export async function byTechnique(
  db: Db,
  wanted: { sinceDay: string; product?: string | undefined },
): Promise<{ technique: string; rules: number; enabled: number; detections: number }[]> {
  const { rows } = await sql<{ technique: string; rules: number; enabled: number; detections: number }>`
    WITH hits AS (
      SELECT rule_id, sum(detections) AS detections FROM rule_hits_by_day WHERE day >= ${wanted.sinceDay}::date
      GROUP BY rule_id)
    SELECT technique, count(*)::int AS rules, count(*) FILTER (WHERE enabled)::int AS enabled,
      coalesce(sum(hits.detections), 0)::bigint AS detections
    FROM rule CROSS JOIN LATERAL jsonb_array_elements_text(techniques) AS technique
      LEFT JOIN hits ON hits.rule_id = rule.id
    WHERE state <> 'refused' AND kind <> 'filter'
      AND (${wanted.product ?? null}::text IS NULL OR log_source->>'product' = ${wanted.product ?? null})
    GROUP BY technique`.execute(db)
  return rows.map((row) => ({ ...row, detections: Number(row.detections) }))
}

/** Rules by tag of ATT&CK. */
export async function byTag(
  db: Db,
  product: string | undefined,
): Promise<{ tag: string; rules: number; enabled: number }[]> {
  const { rows } = await sql<{ tag: string; rules: number; enabled: number }>`
    SELECT lower(tag) AS tag, count(*)::int AS rules, count(*) FILTER (WHERE enabled)::int AS enabled
    FROM rule CROSS JOIN LATERAL jsonb_array_elements_text(tags) AS tag
    WHERE state <> 'refused' AND kind <> 'filter' AND tag ILIKE 'attack.%' AND tag !~* '^attack\\.[tgs][0-9]'
      AND (${product ?? null}::text IS NULL OR log_source->>'product' = ${product ?? null})
    GROUP BY lower(tag) LIMIT 1000`.execute(db)
  return rows
}

type LayerRow = RuleTables['coverage_layer']

export const layers = (db: Db): Promise<LayerRow[]> =>
  tables(db).selectFrom('coverage_layer').selectAll().orderBy('created_ms', 'desc').limit(100).execute()

export const addLayer = (db: Tx, { scores, ...row }: LayerRow): Promise<unknown> =>
  tables(db)
    .insertInto('coverage_layer')
    .values({ ...row, scores: jsonb(scores) })
    .execute()

export async function removeLayer(db: Tx, id: string): Promise<boolean> {
  const result = await tables(db).deleteFrom('coverage_layer').where('id', '=', id).executeTakeFirst()
  return Number(result.numDeletedRows) > 0
}
