import type { StixObject } from '../../stix-pattern/index.ts'

/** From what all may see to what only those who were addressed may. `white` of TLP 1 is `clear`. */
export const tlpLevels = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const
export type TlpLevel = (typeof tlpLevels)[number]

/** 0 for clear … 4 for red. */
export const tlpRank = (level: TlpLevel): number => tlpLevels.indexOf(level)

export const TLP2_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d'
const TLP1_CREATED = '2017-01-20T00:00:00.000Z'
const TLP2_CREATED = '2022-10-01T00:00:00.000Z'

const tlp1 = (level: TlpLevel, name: string, uuid: string): readonly [string, TlpLevel, StixObject] => [
  `marking-definition--${uuid}`,
  level,
  {
    type: 'marking-definition',
    spec_version: '2.1',
    id: `marking-definition--${uuid}`,
    created: TLP1_CREATED,
    definition_type: 'tlp',
    name: `TLP:${name.toUpperCase()}`,
    definition: { tlp: name },
  },
]

const tlp2 = (level: TlpLevel, uuid: string): readonly [string, TlpLevel, StixObject] => [
  `marking-definition--${uuid}`,
  level,
  {
    type: 'marking-definition',
    spec_version: '2.1',
    id: `marking-definition--${uuid}`,
    created: TLP2_CREATED,
    name: `TLP:${level.toUpperCase()}`,
    extensions: { [TLP2_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: level } },
  },
]

/** @source STIX 2.1 section 7.2.1.4 */
const ofVersion1 = [
  tlp1('clear', 'white', '613f2e26-407d-48c7-9eca-b8e91df99dc9'),
  tlp1('green', 'green', '34098fce-860f-48ae-8e50-ebd3cc5e41da'),
  tlp1('amber', 'amber', 'f88d31f6-486f-44da-b317-01333bde0b82'),
  tlp1('red', 'red', '5e57c739-391a-4eb3-b6be-7d15ca92d5ed'),
]

/** @source OASIS CTI TC, STIX extension definition for TLP 2.0 */
const ofVersion2 = [
  tlp2('clear', '94868c89-83c2-464b-929b-a1a8aa3c8487'),
  tlp2('green', 'bab4a63c-aed9-4cf5-a766-dfca5abac2bb'),
  tlp2('amber', '55d920b0-5e8b-4f79-9ee9-91f868d9b421'),
  tlp2('amber+strict', '939a9414-2ddd-4d32-a0cd-375ea402b003'),
  tlp2('red', 'e828b379-4e03-4974-9ac4-e53a884c97c1'),
]

const all = [...ofVersion1, ...ofVersion2]
const levelById: ReadonlyMap<string, TlpLevel> = new Map(all.map(([id, level]) => [id, level]))
const objectById: ReadonlyMap<string, StixObject> = new Map(all.map(([id, , object]) => [id, object]))

/** The level that a marking stands for; nothing for markings that are no TLP. */
export const tlpOfMarking = (id: string): TlpLevel | undefined => levelById.get(id)

/** The object that TLP markings of an id must be. */
export const tlpDefinition = (id: string): StixObject | undefined => objectById.get(id)

/** The marking of TLP 2.0 that stands for a level. */
export const tlpMarking = (level: TlpLevel): StixObject => ofVersion2[tlpRank(level)]![2]

/** All TLP marking definitions, of both versions. */
export const tlpDefinitions: readonly StixObject[] = all.map(([, , object]) => object)

/** The strictest of the levels; nothing of none. */
export function strictestTlp(levels: Iterable<TlpLevel | undefined>): TlpLevel | undefined {
  let strictest: TlpLevel | undefined
  for (const level of levels)
    if (level !== undefined && (strictest === undefined || tlpRank(level) > tlpRank(strictest))) strictest = level
  return strictest
}
