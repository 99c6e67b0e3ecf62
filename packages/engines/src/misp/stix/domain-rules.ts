import type { ValueForm } from './object-rule.ts'

/** Where the value of a relation stands in an object of STIX's domain. */
export interface DomainRow {
  readonly relation: string
  readonly type: string
  /** A property; or a reference: its source's name, with the value as its `external_id` or `url`. */
  readonly property: string
  readonly isList?: boolean
  readonly as?: ValueForm
  /** Of an identifier that is listed outside. */
  readonly source?: string
  /** What stands before the identifier, e.g. `CAPEC-`. */
  readonly prefix?: string
}

/** A template of MISP that is an object of STIX's domain. @source MISP/misp-stix, documentation/mapping */
export interface DomainRule {
  readonly metaCategory: string
  readonly stixType: string
  readonly rows: readonly DomainRow[]
  readonly constants?: Readonly<Record<string, string | boolean>>
  /** Relations whose values are joined into `contact_information`, each behind its name. */
  readonly contacts?: readonly string[]
  /** Relations that together are the name. */
  readonly nameOf?: readonly string[]
}

const text = (relation: string, property = relation.replaceAll('-', '_'), type = 'text'): DomainRow => ({
  relation,
  property,
  type,
})
const list = (relation: string, property: string, type = 'text'): DomainRow => ({
  relation,
  property,
  type,
  isList: true,
})
const time = (relation: string, property: string): DomainRow => ({ relation, property, type: 'datetime', as: 'time' })
const number = (relation: string, property: string): DomainRow => ({ relation, property, type: 'float', as: 'number' })
const link = (relation: string): DomainRow => ({
  relation,
  property: 'external_references',
  type: 'link',
  source: 'url',
})

const identity = (rule: Omit<DomainRule, 'stixType' | 'metaCategory'>): DomainRule => ({
  metaCategory: 'misc',
  stixType: 'identity',
  ...rule,
})
/** A rule in a language of its own: relations of its text, its name and its reference. */
const ruleText = (
  metaCategory: string,
  [relation, type]: readonly [string, string],
  name: string,
  reference = 'reference',
): DomainRule => ({
  metaCategory,
  stixType: 'indicator',
  rows: [
    text(relation, 'pattern', type),
    text(name, 'name'),
    text('comment', 'description', 'comment'),
    text('version', 'pattern_version'),
    link(reference),
  ],
})

export const domainRules: Readonly<Record<string, DomainRule>> = {
  'attack-pattern': {
    metaCategory: 'vulnerability',
    stixType: 'attack-pattern',
    rows: [
      text('name'),
      text('summary', 'description'),
      { relation: 'id', type: 'text', property: 'external_references', source: 'capec', prefix: 'CAPEC-' },
      link('references'),
    ],
  },
  'course-of-action': { metaCategory: 'misc', stixType: 'course-of-action', rows: [text('name'), text('description')] },
  vulnerability: {
    metaCategory: 'vulnerability',
    stixType: 'vulnerability',
    rows: [
      text('id', 'name', 'vulnerability'),
      text('summary', 'description'),
      text('description', 'description'),
      link('references'),
    ],
  },
  'intrusion-set': {
    metaCategory: 'misc',
    stixType: 'intrusion-set',
    rows: [
      text('name'),
      text('description'),
      list('aliases', 'aliases'),
      time('first_seen', 'first_seen'),
      time('last_seen', 'last_seen'),
      list('goals', 'goals'),
      text('resource_level'),
      text('primary-motivation'),
      list('secondary-motivation', 'secondary_motivations'),
    ],
  },
  geolocation: {
    metaCategory: 'misc',
    stixType: 'location',
    rows: [
      number('latitude', 'latitude'),
      number('longitude', 'longitude'),
      number('accuracy-radius', 'precision'),
      text('countrycode', 'country'),
      text('region'),
      text('city'),
      text('address', 'street_address'),
      text('zipcode', 'postal_code'),
      text('text', 'description'),
    ],
  },
  identity: identity({
    rows: [
      text('contact_information'),
      text('name'),
      text('description'),
      text('identity_class'),
      list('roles', 'roles'),
      list('sectors', 'sectors'),
    ],
  }),
  person: identity({
    rows: [list('role', 'roles')],
    constants: { identity_class: 'individual' },
    contacts: ['address', 'e-mail', 'fax-number', 'phone-number'],
    nameOf: ['first-name', 'last-name'],
  }),
  employee: identity({
    rows: [list('employee-type', 'roles'), text('text', 'description')],
    constants: { identity_class: 'individual' },
    contacts: ['email-address'],
    nameOf: ['first-name', 'last-name'],
  }),
  organization: identity({
    rows: [text('name'), text('description'), list('role', 'roles')],
    constants: { identity_class: 'organization' },
    contacts: ['address', 'e-mail', 'fax-number', 'phone-number'],
  }),
  'legal-entity': identity({
    rows: [text('name'), text('text', 'description'), list('business', 'sectors')],
    constants: { identity_class: 'organization' },
    contacts: ['phone-number', 'website'],
  }),
  'news-agency': identity({
    rows: [text('name')],
    constants: { identity_class: 'organization' },
    contacts: ['address', 'e-mail', 'fax-number', 'link', 'phone-number'],
  }),
  'nova-rule': ruleText('detection', ['raw-rule', 'text'], 'rule-name'),
  'owasp-crs-rule': ruleText('network', ['raw-rule', 'text'], 'rule-id'),
  sigma: ruleText('misc', ['sigma', 'sigma'], 'sigma-rule-name'),
  snort: ruleText('network', ['snort', 'snort'], 'rule-name', 'ref'),
  /** A pattern of STIX that no attribute or object can say. */
  'stix2-pattern': {
    metaCategory: 'misc',
    stixType: 'indicator',
    rows: [text('stix2-pattern', 'pattern', 'stix2-pattern'), text('name'), text('comment', 'description', 'comment')],
  },
  suricata: ruleText('network', ['suricata', 'suricata'], 'rule-name', 'ref'),
  'wazuh-rule': ruleText('misc', ['wazuh-rule', 'text'], 'rule-id'),
  yara: ruleText('misc', ['yara', 'yara'], 'yara-rule-name'),
}

/** Languages of rules, by template. */
export const templateLanguages: Readonly<Record<string, string>> = {
  'nova-rule': 'nova',
  'owasp-crs-rule': 'crs',
  sigma: 'sigma',
  snort: 'snort',
  'stix2-pattern': 'stix',
  suricata: 'suricata',
  'wazuh-rule': 'wazuh',
  yara: 'yara',
}
