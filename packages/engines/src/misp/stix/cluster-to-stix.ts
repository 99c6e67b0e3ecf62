import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { MispCluster, MispGalaxy } from '../event.ts'
import { head, type Properties, type StixContext } from './conversion.ts'
import { customProperty } from './custom-property.ts'
import { mispLabel } from './labels.ts'
import { mispNamedUuid } from './observable-graph.ts'
import { stixTime } from './values.ts'

const clusterTypes: Readonly<Record<string, string>> = {
  'branded-vulnerability': 'vulnerability',
  'microsoft-activity-group': 'threat-actor',
  'exploit-kit': 'tool',
  android: 'malware',
  backdoor: 'malware',
  banker: 'malware',
  botnet: 'malware',
  country: 'location',
  malpedia: 'malware',
  ransomware: 'malware',
  rat: 'tool',
  region: 'location',
  sector: 'identity',
  stealer: 'malware',
  tds: 'tool',
  'threat-actor': 'threat-actor',
  tool: 'tool',
}
const namedAfterType = [
  'attack-pattern',
  'campaign',
  'course-of-action',
  'identity',
  'intrusion-set',
  'location',
  'malware',
  'threat-actor',
  'tool',
  'vulnerability',
]

/** The object of STIX that clusters of a galaxy are. @source MISP/misp-stix, documentation/mapping */
export function stixTypeOfGalaxy(galaxyType: string): string {
  const known = clusterTypes[galaxyType]
  if (known !== undefined) return known
  const isAttack = /^(?:mitre|stix-2\.[01])-/.test(galaxyType)
  const named = isAttack ? namedAfterType.find((type) => galaxyType.endsWith(`-${type}`)) : undefined
  return named ?? 'x-misp-galaxy-cluster'
}

/** Properties that clusters of galaxies made of STIX hold by their own names. */
const ownProperties: Readonly<Record<string, readonly string[]>> = {
  'attack-pattern': [],
  campaign: ['first_seen', 'last_seen', 'objective'],
  'course-of-action': [],
  identity: ['identity_class', 'roles', 'sectors', 'contact_information'],
  'intrusion-set': [
    'first_seen',
    'last_seen',
    'goals',
    'resource_level',
    'primary_motivation',
    'secondary_motivations',
  ],
  location: [
    'latitude',
    'longitude',
    'precision',
    'region',
    'country',
    'administrative_area',
    'city',
    'street_address',
    'postal_code',
  ],
  malware: [
    'malware_types',
    'is_family',
    'first_seen',
    'last_seen',
    'architecture_execution_envs',
    'implementation_languages',
    'capabilities',
  ],
  'threat-actor': [
    'threat_actor_types',
    'first_seen',
    'last_seen',
    'roles',
    'goals',
    'sophistication',
    'resource_level',
    'primary_motivation',
    'secondary_motivations',
    'personal_motivations',
  ],
  tool: ['tool_types', 'tool_version'],
  vulnerability: [],
}
/** What STIX 2.0 had in labels. */
const kindsProperty: Readonly<Record<string, string>> = {
  malware: 'malware_types',
  'threat-actor': 'threat_actor_types',
  tool: 'tool_types',
}
const withAliases = new Set(['attack-pattern', 'campaign', 'intrusion-set', 'malware', 'threat-actor', 'tool'])
const isText = (value: unknown): value is string => typeof value === 'string'
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter(isText) : isText(value) ? [value] : [])

/** A cluster as STIX, each once in an event. @returns its id */
export function clusterToStix(cluster: MispCluster, galaxy: MispGalaxy, context: StixContext): string {
  const galaxyType = cluster.type ?? galaxy.type ?? 'galaxy'
  const type = isPlaceless(cluster, galaxyType) ? 'x-misp-galaxy-cluster' : stixTypeOfGalaxy(galaxyType)
  const uuid = cluster.uuid ?? mispNamedUuid(`${galaxyType} - ${cluster.value}`)
  const id = `${type}--${uuid}`
  if (context.clusters.has(id)) return id
  const { created_by_ref: _, ...start } = head(type, id, {}, context)
  const labels = [mispLabel('galaxy-name', galaxy.name ?? galaxyType), mispLabel('galaxy-type', galaxyType)]
  const properties =
    type === 'x-misp-galaxy-cluster'
      ? customCluster(cluster, galaxy, galaxyType)
      : clusterProperties(cluster, galaxy, type)
  context.clusters.set(id, { ...start, ...versionOf(cluster), ...properties, labels })
  context.idsByUuid.set(uuid, id)
  return id
}

/** A location must say where it is. */
function isPlaceless({ meta }: MispCluster, galaxyType: string): boolean {
  if (stixTypeOfGalaxy(galaxyType) !== 'location' || galaxyType === 'region') return false
  return (
    !isText(meta?.[galaxyType === 'country' ? 'ISO' : 'country']) &&
    !isText(meta?.region) &&
    meta?.latitude === undefined
  )
}

/** A cluster that was made of STIX says when its object was made and changed. */
function versionOf({ meta }: MispCluster): Properties {
  const [created, modified] = [meta?.created, meta?.modified].map((time) => (isText(time) ? stixTime(time) : undefined))
  return created && modified ? { created, modified } : {}
}

function customCluster(cluster: MispCluster, galaxy: MispGalaxy, galaxyType: string): Properties {
  return {
    ...(cluster.description ? { x_misp_description: cluster.description } : {}),
    ...(cluster.meta ? { x_misp_meta: asStix(cluster.meta) } : {}),
    x_misp_name: galaxy.name ?? galaxyType,
    x_misp_type: galaxyType,
    x_misp_value: cluster.value,
  }
}

function clusterProperties(cluster: MispCluster, galaxy: MispGalaxy, type: string): Properties {
  const {
    external_id: externalId,
    refs,
    synonyms,
    kill_chain: phases,
    created: _,
    modified: __,
    ...rest
  } = cluster.meta ?? {}
  const ids = texts(externalId)
  const name = ids.reduce(
    (text, one) => (text.endsWith(` - ${one}`) ? text.slice(0, -one.length - 3) : text),
    cluster.value,
  )
  const properties: Properties = { name, ...descriptionOf(cluster, galaxy, type) }
  if (type === 'location') Object.assign(properties, placeOf(cluster, rest))
  if (type === 'identity') properties.identity_class = 'class'
  if (type === 'malware') properties.is_family = false
  const own = new Set(ownProperties[type])
  for (const [key, value] of Object.entries(rest)) {
    const kinds = key === 'labels' ? kindsProperty[type] : undefined
    if (type === 'vulnerability' && key === 'aliases') continue
    if (kinds) properties[kinds] = asStix(value)
    else if (own.has(key)) properties[key] = asStix(value)
    else properties[customProperty(key)] = asStix(value)
  }
  const others = texts(synonyms).filter((one) => one !== name)
  if (others.length > 0) properties[withAliases.has(type) ? 'aliases' : 'x_misp_synonyms'] = others
  const references = [
    ...(type === 'vulnerability'
      ? texts(rest.aliases ?? synonyms)
          .filter(isCve)
          .map((id) => ({ source_name: 'cve', external_id: id }))
      : []),
    ...ids.map((id) => ({ source_name: sourceOf(id), external_id: id })),
    ...texts(refs).map((url) => ({ source_name: 'url', url })),
  ]
  if (references.length > 0) properties.external_references = references
  const chain = texts(phases).flatMap(phaseOf)
  if (chain.length > 0) properties.kill_chain_phases = chain
  return properties
}

const isCve = (id: string): boolean => /^CVE-\d+-\d+$/i.test(id)
const sourceOf = (id: string): string => (isCve(id) ? 'cve' : id.startsWith('CAPEC-') ? 'capec' : 'mitre-attack')

/** `mitre-attack:defense-evasion`, or with the platform between. */
function phaseOf(phase: string): StixObject[] {
  const parts = phase.split(':')
  return parts.length < 2 ? [] : [{ kill_chain_name: parts[0]!, phase_name: parts.at(-1)! }]
}

/** Places and sectors hardly have one of their own: that of their galaxy stands before. */
function descriptionOf(cluster: MispCluster, galaxy: MispGalaxy, type: string): Properties {
  const joined = cluster.type === 'country' || cluster.type === 'region'
  const parts = joined
    ? [galaxy.description, cluster.description === undefined ? undefined : joinedName(cluster)]
    : [cluster.description ?? (type === 'identity' ? galaxy.description : undefined)]
  const text = parts.filter((part) => part !== undefined && part !== '').join(' | ')
  return text === '' ? {} : { description: text }
}
const joinedName = (cluster: MispCluster): string =>
  cluster.type === 'country' ? cluster.value : (cluster.description ?? '')

function placeOf(cluster: MispCluster, meta: Readonly<Record<string, unknown>>): Properties {
  if (cluster.type === 'country')
    return {
      name: cluster.description ?? cluster.value,
      ...(isText(meta.ISO) ? { country: meta.ISO } : {}),
    }
  if (cluster.type !== 'region') return {}
  const name = cluster.value.replace(/^\d+ - /, '')
  return { name, region: name.toLowerCase().replaceAll(' ', '-') }
}

/** Anything of JSON; what JSON has not is left out. */
function asStix(value: unknown): StixValue {
  if (Array.isArray(value)) return value.map(asStix)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asStix(one)]))
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
