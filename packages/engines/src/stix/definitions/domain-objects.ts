import { coreObject, killChainPhases } from './common-properties.ts'
import {
  anyRef,
  boolean,
  float,
  integer,
  list,
  needs,
  one,
  open,
  order,
  type PropertyKind,
  ref,
  refs,
  type StixDefinition,
  some,
  strictOrder,
  text,
  timestamp,
} from './property.ts'

const named = { name: text(), description: text() }
const seen = { first_seen: timestamp, last_seen: timestamp }
const seenInOrder = [order('first_seen', 'last_seen')]
const aliases = list(text())
const objectRefs: PropertyKind = list(anyRef)
const domain = (
  type: string,
  own: Readonly<Record<string, PropertyKind>>,
  parts: Parameters<typeof coreObject>[3] = {},
): StixDefinition => coreObject('domain', type, own, parts)

/** @source STIX 2.1 section 4 */
export const domainObjects: readonly StixDefinition[] = [
  domain('attack-pattern', { ...named, aliases, kill_chain_phases: killChainPhases }, { required: ['name'] }),
  domain('campaign', { ...named, aliases, ...seen, objective: text() }, { required: ['name'], rules: seenInOrder }),
  domain('course-of-action', named, { required: ['name'] }),
  domain(
    'grouping',
    { ...named, context: open('grouping-context-ov'), object_refs: objectRefs },
    { required: ['context', 'object_refs'] },
  ),
  domain(
    'identity',
    {
      ...named,
      roles: list(text()),
      identity_class: open('identity-class-ov'),
      sectors: list(open('industry-sector-ov')),
      contact_information: text(),
    },
    { required: ['name'] },
  ),
  domain('incident', named, { required: ['name'] }),
  domain(
    'indicator',
    {
      ...named,
      indicator_types: list(open('indicator-type-ov')),
      pattern: text(),
      pattern_type: open('pattern-type-ov'),
      pattern_version: text(),
      valid_from: timestamp,
      valid_until: timestamp,
      kill_chain_phases: killChainPhases,
    },
    { required: ['pattern', 'pattern_type', 'valid_from'], rules: [strictOrder('valid_from', 'valid_until')] },
  ),
  domain(
    'infrastructure',
    {
      ...named,
      infrastructure_types: list(open('infrastructure-type-ov')),
      aliases,
      kill_chain_phases: killChainPhases,
      ...seen,
    },
    { required: ['name'], rules: seenInOrder },
  ),
  domain(
    'intrusion-set',
    {
      ...named,
      aliases,
      ...seen,
      goals: list(text()),
      resource_level: open('attack-resource-level-ov'),
      primary_motivation: open('attack-motivation-ov'),
      secondary_motivations: list(open('attack-motivation-ov')),
    },
    { required: ['name'], rules: seenInOrder },
  ),
  domain(
    'location',
    {
      ...named,
      latitude: float(-90, 90),
      longitude: float(-180, 180),
      precision: float(),
      region: open('region-ov'),
      country: text(),
      administrative_area: text(),
      city: text(),
      street_address: text(),
      postal_code: text(),
    },
    {
      rules: [
        some('region', 'country', 'latitude'),
        needs('latitude', 'longitude'),
        needs('longitude', 'latitude'),
        needs('precision', 'latitude', 'longitude'),
      ],
    },
  ),
  domain(
    'malware',
    {
      ...named,
      malware_types: list(open('malware-type-ov')),
      is_family: boolean,
      aliases,
      kill_chain_phases: killChainPhases,
      ...seen,
      operating_system_refs: refs('software'),
      architecture_execution_envs: list(open('processor-architecture-ov')),
      implementation_languages: list(open('implementation-language-ov')),
      capabilities: list(open('malware-capabilities-ov')),
      sample_refs: refs('artifact', 'file'),
    },
    {
      required: ['is_family'],
      rules: [{ rule: 'when', property: 'is_family', is: true, needs: 'name' }, ...seenInOrder],
    },
  ),
  domain(
    'malware-analysis',
    {
      product: text(),
      version: text(),
      host_vm_ref: ref('software'),
      operating_system_ref: ref('software'),
      installed_software_refs: refs('software'),
      configuration_version: text(),
      modules: list(text()),
      analysis_engine_version: text(),
      analysis_definition_version: text(),
      submitted: timestamp,
      analysis_started: timestamp,
      analysis_ended: timestamp,
      result_name: text(),
      result: open('malware-result-ov'),
      analysis_sco_refs: list({ kind: 'identifier', to: { category: 'observable' } }),
      sample_ref: ref('artifact', 'file', 'network-traffic'),
    },
    { required: ['product'], rules: [some('result', 'analysis_sco_refs')] },
  ),
  domain(
    'note',
    { abstract: text(), content: text(), authors: list(text()), object_refs: objectRefs },
    { required: ['content', 'object_refs'] },
  ),
  domain(
    'observed-data',
    {
      first_observed: timestamp,
      last_observed: timestamp,
      number_observed: integer(1, 999_999_999),
      objects: { kind: 'observables' },
      object_refs: list({ kind: 'identifier', to: { category: 'observable-or-relationship' } }),
    },
    {
      required: ['first_observed', 'last_observed', 'number_observed'],
      rules: [one('objects', 'object_refs'), order('first_observed', 'last_observed')],
      deprecated: ['objects'],
    },
  ),
  domain(
    'opinion',
    {
      explanation: text(),
      authors: list(text()),
      opinion: { kind: 'enum', values: 'opinion-enum' },
      object_refs: objectRefs,
    },
    { required: ['opinion', 'object_refs'] },
  ),
  domain(
    'report',
    { ...named, report_types: list(open('report-type-ov')), published: timestamp, object_refs: objectRefs },
    { required: ['name', 'published', 'object_refs'] },
  ),
  domain(
    'threat-actor',
    {
      ...named,
      threat_actor_types: list(open('threat-actor-type-ov')),
      aliases,
      ...seen,
      roles: list(open('threat-actor-role-ov')),
      goals: list(text()),
      sophistication: open('threat-actor-sophistication-ov'),
      resource_level: open('attack-resource-level-ov'),
      primary_motivation: open('attack-motivation-ov'),
      secondary_motivations: list(open('attack-motivation-ov')),
      personal_motivations: list(open('attack-motivation-ov')),
    },
    { required: ['name'], rules: seenInOrder },
  ),
  domain(
    'tool',
    {
      ...named,
      tool_types: list(open('tool-type-ov')),
      aliases,
      kill_chain_phases: killChainPhases,
      tool_version: text(),
    },
    { required: ['name'] },
  ),
  domain('vulnerability', named, { required: ['name'] }),
]
