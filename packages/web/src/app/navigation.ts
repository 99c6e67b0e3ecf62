/** Places of the rail and the pages within, with the key after `g` and the permission without which they are not there. */
export interface Place {
  readonly id: string
  readonly to:
    | '/'
    | '/alerts'
    | '/events'
    | '/hunts'
    | '/hunts/saved'
    | '/artifacts'
    | '/yara'
    | '/rules'
    | '/rules/packs'
    | '/coverage'
    | '/sources'
    | '/sources/dead-letters'
    | '/indicators'
    | '/patterns'
    | '/warning-lists'
    | '/settings'
    | '/settings/users'
    | '/settings/audit'
    | '/settings/system'
    | '/account'
  readonly key?: string
  readonly permission: string | null
  readonly section: 'overview' | 'triage' | 'hunt' | 'detection' | 'intelligence' | 'settings' | 'account'
}

export const places: readonly Place[] = [
  { id: 'overview', to: '/', key: 'o', permission: null, section: 'overview' },
  { id: 'triage', to: '/alerts', key: 't', permission: 'alerts:read', section: 'triage' },
  { id: 'events', to: '/events', key: 'h', permission: 'events:read', section: 'hunt' },
  { id: 'workbench', to: '/hunts', key: 'w', permission: 'hunts:read', section: 'hunt' },
  { id: 'savedHunts', to: '/hunts/saved', permission: 'hunts:read', section: 'hunt' },
  { id: 'artifacts', to: '/artifacts', key: 'f', permission: 'artifacts:read', section: 'hunt' },
  { id: 'rules', to: '/rules', key: 'd', permission: 'rules:read', section: 'detection' },
  { id: 'packs', to: '/rules/packs', permission: 'rules:read', section: 'detection' },
  { id: 'yara', to: '/yara', permission: 'yara:read', section: 'detection' },
  { id: 'coverage', to: '/coverage', key: 'c', permission: 'rules:read', section: 'detection' },
  { id: 'sources', to: '/sources', key: 's', permission: 'sources:read', section: 'detection' },
  { id: 'deadLetters', to: '/sources/dead-letters', permission: 'sources:read', section: 'detection' },
  { id: 'indicators', to: '/indicators', key: 'i', permission: 'intel:read', section: 'intelligence' },
  { id: 'patterns', to: '/patterns', permission: 'intel:read', section: 'intelligence' },
  { id: 'warningLists', to: '/warning-lists', permission: 'intel:read', section: 'intelligence' },
  { id: 'general', to: '/settings', key: ',', permission: 'settings:read', section: 'settings' },
  { id: 'users', to: '/settings/users', key: 'u', permission: 'users:read', section: 'settings' },
  { id: 'audit', to: '/settings/audit', key: 'l', permission: 'audit:read', section: 'settings' },
  { id: 'system', to: '/settings/system', key: 'y', permission: 'jobs:read', section: 'settings' },
  { id: 'account', to: '/account', key: 'a', permission: null, section: 'account' },
]

export type Section = Place['section']

/** The pages of a section that a person may see. */
export const placesOf = (section: Section, may: (permission: string) => boolean): Place[] =>
  places.filter((place) => place.section === section && (place.permission === null || may(place.permission)))

/** Which section an address belongs to. */
export function sectionOf(path: string): Section {
  if (path.startsWith('/alerts')) return 'triage'
  if (path.startsWith('/events') || path.startsWith('/hunts') || path.startsWith('/artifacts')) return 'hunt'
  if (
    path.startsWith('/rules') ||
    path.startsWith('/yara') ||
    path.startsWith('/coverage') ||
    path.startsWith('/sources')
  )
    return 'detection'
  if (path.startsWith('/indicators') || path.startsWith('/patterns') || path.startsWith('/warning-lists'))
    return 'intelligence'
  if (path.startsWith('/settings')) return 'settings'
  if (path.startsWith('/account')) return 'account'
  return 'overview'
}
