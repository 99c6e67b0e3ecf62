import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { MispCluster, MispGalaxy } from '../event.ts'
import { readLabels } from './labels.ts'
import { idOf, isObject, listOf, textOf, textsOf, typeOf, uuidOf } from './values.ts'

/** Objects that are clusters of galaxies in MISP, with the galaxies that stand for those of nobody's. */
const clusterTypes = new Set([
  'attack-pattern',
  'campaign',
  'course-of-action',
  'intrusion-set',
  'location',
  'malware',
  'threat-actor',
  'tool',
  'vulnerability',
  'identity',
])

const galaxyTitle = (type: string): string =>
  type
    .replace(/^stix-(?=2\.)/, 'STIX-')
    .split('-')
    .map((word) => (word === 'of' ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(' ')

/** What every object has, and what becomes a field of its own. */
const notMeta = new Set([
  'type',
  'spec_version',
  'id',
  'created_by_ref',
  'created',
  'modified',
  'name',
  'description',
  'labels',
  'external_references',
  'kill_chain_phases',
  'aliases',
  'object_marking_refs',
])

/** An object of STIX as a galaxy with its one cluster; undefined when MISP has no such galaxy. */
export function stixToGalaxy(object: StixObject): MispGalaxy | undefined {
  const type = typeOf(object)
  const { misp } = readLabels(textsOf(object.labels))
  const galaxyType = misp.get('galaxy-type') ?? textOf(object.x_misp_type)
  if (type === 'x-misp-galaxy-cluster') return customGalaxy(object, galaxyType ?? 'galaxy')
  if (!clusterTypes.has(type) || (type === 'identity' && galaxyType === undefined && object.identity_class !== 'class'))
    return undefined
  const ids = externalIds(object)
  const name = textOf(object.name) ?? ''
  const description = textOf(object.description)
  const own = galaxyType ?? (type === 'identity' ? 'sector' : `stix-2.1-${type}`)
  const meta = { ...(galaxyType ? {} : versionOf(object)), ...metaOf(object, ids, own) }
  const elements = Object.entries(meta).flatMap(([key, one]) =>
    (Array.isArray(one) ? one : [one]).map((value) => ({ key, value })),
  )
  const value = clusterName(own, name, ids)
  const cluster: MispCluster = {
    uuid: uuidOf(idOf(object)),
    type: own,
    value,
    description: ownDescription(own, name, description),
    tag_name: `misp-galaxy:${own}="${value}"`,
    meta,
    ...(elements.length > 0 ? { GalaxyElement: elements } : {}),
    default: false,
    distribution: '0',
  }
  return galaxy(own, misp.get('galaxy-name') ?? galaxyTitle(own), cluster)
}

const galaxy = (type: string, name: string, cluster: MispCluster): MispGalaxy => ({
  uuid: undefined,
  type,
  name,
  description: undefined,
  GalaxyCluster: [cluster],
})

function customGalaxy(object: StixObject, type: string): MispGalaxy {
  const value = textOf(object.x_misp_value) ?? idOf(object)
  return galaxy(type, textOf(object.x_misp_name) ?? galaxyTitle(type), {
    uuid: uuidOf(idOf(object)),
    type,
    value,
    description: textOf(object.x_misp_description),
    tag_name: `misp-galaxy:${type}="${value}"`,
    meta: isObject(object.x_misp_meta) ? { ...object.x_misp_meta } : undefined,
  })
}

function externalIds(object: StixObject): string[] {
  return listOf(object.external_references).flatMap((one) => {
    const id = isObject(one) && one.source_name !== 'url' ? textOf(one.external_id) : undefined
    return id === undefined ? [] : [id]
  })
}

/** Clusters of ATT&CK have their id behind their name. */
const clusterName = (galaxyType: string, name: string, [id]: readonly string[]): string =>
  galaxyType.startsWith('mitre-') && id !== undefined ? `${name} - ${id}` : name

/** Places and sectors have the description of their galaxy before theirs. */
function ownDescription(galaxyType: string, name: string, description: string | undefined): string | undefined {
  if (galaxyType !== 'country' && galaxyType !== 'region') return description
  const at = description?.indexOf(' | ') ?? -1
  if (galaxyType === 'country') return name
  return at < 0 ? description : description?.slice(at + 3)
}

/** Of clusters of nobody's galaxy: when the object was made and changed. */
const versionOf = (object: StixObject): { [key: string]: StixValue } =>
  Object.fromEntries(
    (['created', 'modified'] as const).flatMap((name) => {
      const time = textOf(object[name])
      return time === undefined ? [] : [[name, time.replace(/\.000Z$/, 'Z')]]
    }),
  )

function metaOf(object: StixObject, ids: readonly string[], galaxyType: string): { [key: string]: StixValue } {
  const meta: { [key: string]: StixValue } = {}
  const put = (key: string, values: readonly string[]) => {
    if (values.length > 0) meta[key] = values.length === 1 && key === 'external_id' ? values[0]! : [...values]
  }
  const name = textOf(object.name)
  const isNamed = /^mitre-.*(?:malware|tool|intrusion-set)$/.test(galaxyType)
  put('synonyms', [...new Set([...textsOf(object.aliases), ...(isNamed && name ? [name] : [])])])
  // What has a name of its own has the CVE as another.
  put(galaxyType === 'branded-vulnerability' ? 'aliases' : 'external_id', ids)
  put(
    'refs',
    listOf(object.external_references).flatMap((one) => (isObject(one) && textOf(one.url) ? [textOf(one.url)!] : [])),
  )
  put(
    'kill_chain',
    listOf(object.kill_chain_phases).flatMap((one) =>
      isObject(one) ? [`${textOf(one.kill_chain_name) ?? ''}:${textOf(one.phase_name) ?? ''}`] : [],
    ),
  )
  for (const [property, value] of Object.entries(object)) {
    if (property.startsWith('x_misp_')) meta[metaName(property.slice('x_misp_'.length))] = value
    else if (!notMeta.has(property) && !isImplied(object, property)) meta[property] = value
  }
  return meta
}

/** Keys of the Council on Foreign Relations have hyphens. */
const metaName = (name: string): string => (name.startsWith('cfr_') ? name.replaceAll('_', '-') : name)

/** What is written whenever a cluster of that kind is converted. */
function isImplied(object: StixObject, property: string): boolean {
  if (property === 'identity_class') return object.identity_class === 'class'
  return false
}
