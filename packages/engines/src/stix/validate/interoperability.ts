import type { StixObject } from '../../stix-pattern/index.ts'
import { categoryOf } from '../definitions/index.ts'
import { tlpOfMarking } from '../markings/tlp.ts'
import { listOf } from './checks/markings.ts'
import type { IssueList } from './issue.ts'

const words = (text: string): readonly string[] => text.split(' ')

/** What the interoperability tests ask of objects beyond the specification, besides a producer. @source STIX 2.1 Interoperability Test Document */
const alsoRequired: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'attack-pattern': words('external_references kill_chain_phases'),
    indicator: words('name indicator_types'),
    infrastructure: ['infrastructure_types'],
    'intrusion-set': words('resource_level primary_motivation'),
    location: ['region'],
    malware: words(
      'name malware_types first_seen last_seen architecture_execution_envs implementation_languages capabilities',
    ),
    'malware-analysis': words('version submitted analysis_started analysis_ended result'),
    'observed-data': ['object_refs'],
    report: ['report_types'],
    sighting: words('first_seen last_seen count'),
    'threat-actor': words('threat_actor_types roles sophistication resource_level primary_motivation'),
    tool: ['tool_types'],
    vulnerability: ['external_references'],
  }),
)

/** One object on its own. */
export function judgeInteroperability(object: StixObject, issues: IssueList): void {
  const type = String(object.type)
  if (!['domain', 'relationship'].includes(categoryOf(type) ?? '')) return
  for (const name of [...(alsoRequired.get(type) ?? []), ...(type === 'identity' ? [] : ['created_by_ref'])])
    if (object[name] === undefined)
      issues.error('STIX_INTEROPERABILITY', name, `for interoperability ${type} must have ${name}`, `give it ${name}`)
  const levels = listOf(object.object_marking_refs).filter(
    (ref) => typeof ref === 'string' && tlpOfMarking(ref) !== undefined,
  )
  if (levels.length > 1)
    issues.error(
      'STIX_INTEROPERABILITY',
      'object_marking_refs',
      'for interoperability it must not have more than one TLP marking',
      'keep the strictest',
    )
}

/** What has been seen of the producers in a bundle. */
export class Producers {
  readonly #identities = new Set<string>()
  readonly #named = new Map<string, string>()

  see(object: StixObject): void {
    const { id, type, created_by_ref: producer } = object
    if (typeof id !== 'string') return
    if (type === 'identity') this.#identities.add(id)
    else if (typeof producer === 'string' && ['domain', 'relationship'].includes(categoryOf(String(type)) ?? ''))
      this.#named.set(id, producer)
  }

  /** Objects whose producer the bundle does not hold: id → producer. */
  *missing(): Generator<readonly [id: string, producer: string]> {
    for (const one of this.#named) if (!this.#identities.has(one[1])) yield one
  }
}
