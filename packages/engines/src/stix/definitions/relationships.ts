import { observables } from './observables.ts'

/** Types that any two objects may be joined by. @source STIX 2.1 section 3.7 */
export const commonRelationships: readonly string[] = ['derived-from', 'duplicate-of', 'related-to']

const words = (text: string): readonly string[] => text.split(' ')
const victims = words('identity location vulnerability')
const means = words('attack-pattern infrastructure malware tool')
const endpoints = words('ipv4-addr ipv6-addr domain-name url')
const infrastructure = ['infrastructure']
const malware = ['malware']
const location = ['location']

/** source type → relationship type → target types. @source STIX 2.1 appendix B */
export const relationshipTable: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'attack-pattern': { delivers: malware, targets: victims, uses: words('malware tool') },
  campaign: {
    'attributed-to': words('intrusion-set threat-actor'),
    compromises: infrastructure,
    'originates-from': location,
    targets: victims,
    uses: means,
  },
  'course-of-action': {
    investigates: ['indicator'],
    mitigates: words('attack-pattern indicator malware tool vulnerability'),
    remediates: words('malware vulnerability'),
  },
  'domain-name': { 'resolves-to': words('domain-name ipv4-addr ipv6-addr') },
  identity: { 'located-at': location },
  indicator: {
    indicates: words('attack-pattern campaign infrastructure intrusion-set malware threat-actor tool'),
    'based-on': ['observed-data'],
  },
  infrastructure: {
    'communicates-with': [...infrastructure, ...endpoints],
    'consists-of': [...infrastructure, 'observed-data', ...observables.map(({ name }) => name)],
    controls: words('infrastructure malware'),
    delivers: malware,
    has: ['vulnerability'],
    hosts: words('tool malware'),
    'located-at': location,
    uses: infrastructure,
  },
  'intrusion-set': {
    'attributed-to': ['threat-actor'],
    compromises: infrastructure,
    hosts: infrastructure,
    owns: infrastructure,
    'originates-from': location,
    targets: victims,
    uses: means,
  },
  'ipv4-addr': { 'resolves-to': ['mac-addr'], 'belongs-to': ['autonomous-system'] },
  'ipv6-addr': { 'resolves-to': ['mac-addr'], 'belongs-to': ['autonomous-system'] },
  malware: {
    'authored-by': words('threat-actor intrusion-set'),
    'beacons-to': infrastructure,
    'exfiltrates-to': infrastructure,
    'communicates-with': endpoints,
    controls: malware,
    downloads: words('malware tool file'),
    drops: words('malware tool file'),
    exploits: ['vulnerability'],
    'originates-from': location,
    targets: [...victims, ...infrastructure],
    uses: means,
    'variant-of': malware,
  },
  'malware-analysis': {
    characterizes: malware,
    'analysis-of': malware,
    'static-analysis-of': malware,
    'dynamic-analysis-of': malware,
  },
  'threat-actor': {
    'attributed-to': ['identity'],
    compromises: infrastructure,
    hosts: infrastructure,
    owns: infrastructure,
    impersonates: ['identity'],
    'located-at': location,
    targets: victims,
    uses: means,
  },
  tool: {
    delivers: malware,
    drops: malware,
    has: ['vulnerability'],
    targets: [...victims, ...infrastructure],
    uses: infrastructure,
  },
}

/** Types of relationships that the specification suggests from one type of object to another, with those for all. */
export function relationshipsBetween(source: string, target: string): readonly string[] {
  const own = Object.hasOwn(relationshipTable, source) ? Object.entries(relationshipTable[source]!) : []
  return [...own.filter(([, targets]) => targets.includes(target)).map(([type]) => type), ...commonRelationships]
}
