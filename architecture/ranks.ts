/**
 * The modules and their ranks. A module calls strictly lower ranks, and those only through their `index.ts`; upward talk is an
 * event whose schema lives in `contracts`. Moving a module costs a line here and a page in docs/adr.
 */
export const ranks: Readonly<Record<string, number>> = rankTable([
  ['audit'],
  ['settings', 'integrations'],
  ['identity'],
  ['tasks', 'assets', 'documents', 'artifacts'],
  ['events', 'intel'],
  ['rules', 'sharing', 'vulnerabilities', 'collection'],
  ['feeds', 'enrichment', 'behavior', 'response', 'attack-paths'],
  ['detections'],
  ['hunts'],
  ['alerts'],
  ['cases', 'vendors'],
  ['playbooks', 'risks'],
  ['policies', 'compliance'],
  ['search', 'reporting', 'notifications', 'agents'],
])

function rankTable(rows: readonly (readonly string[])[]): Record<string, number> {
  return Object.fromEntries(rows.flatMap((modules, rank) => modules.map((name) => [name, rank])))
}
