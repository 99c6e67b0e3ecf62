import { tlpLevels, tlpMarking, tlpOfMarking } from '../../stix/markings/tlp.ts'
import type { MispTag } from '../event.ts'
import { idOf } from './values.ts'

/** Machine labels by which objects that came of MISP are known again, such as `misp:type="domain"`. */
export const mispLabel = (name: string, value: string): string => `misp:${name}="${value}"`

const machineLabel = /^misp:([a-z-]+(?:_[a-z]+)?)="(.*)"$/s

/** What labels say: of MISP, and the others, which are tags. */
export function readLabels(labels: readonly string[]): {
  readonly misp: ReadonlyMap<string, string>
  readonly tags: readonly string[]
} {
  const misp = new Map<string, string>()
  const tags: string[] = []
  for (const label of labels) {
    const [, name, value] = machineLabel.exec(label) ?? []
    if (name !== undefined && value !== undefined && knownLabels.has(name)) misp.set(name, value)
    else if (label !== 'Threat-Report') tags.push(label)
  }
  return { misp, tags }
}
const knownLabels = new Set([
  'type',
  'category',
  'to_ids',
  'name',
  'meta-category',
  'galaxy-name',
  'galaxy-type',
  'data-layer',
  'context-layer',
])

/** TLP 2.0 of a tag such as `tlp:amber`; the old name of clear is known. */
export function markingOfTag(tag: string): string | undefined {
  const name = tag.toLowerCase().replace(/^tlp:/, '')
  if (name === tag.toLowerCase()) return undefined
  const level = tlpLevels.find((one) => one === (name === 'white' ? 'clear' : name))
  return level && idOf(tlpMarking(level))
}

export function tagOfMarking(id: string): string | undefined {
  const level = tlpOfMarking(id)
  return level && `tlp:${level}`
}

/** Tags as labels and as markings; those of galaxies say what the clusters beside them say. */
export function splitTags(tags: readonly MispTag[], { clusterTags }: { readonly clusterTags: ReadonlySet<string> }) {
  const labels: string[] = []
  const markings: string[] = []
  for (const { name } of tags) {
    const marking = markingOfTag(name)
    if (marking !== undefined) markings.push(marking)
    else if (!clusterTags.has(name)) labels.push(name)
  }
  return { labels, markings: [...new Set(markings)] }
}
