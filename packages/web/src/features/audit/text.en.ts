import { type Catalogue, registerText } from '../../ui/i18n.ts'

export const auditText: Catalogue = {
  title: 'Audit',
  list: 'Audit log',
  filters: 'Filter the audit log',
  search: 'Search names, reasons, values',
  actor: 'Who: a part of the name',
  column: { at: 'When', actor: 'Who', action: 'What', object: 'On what', count: 'Objects', ip: 'From', number: 'Number' },
  filter: { actor: 'Who', area: 'Area', objectType: 'Object' },
  verify: 'Verify the chain',
  verifying: 'Verifying…',
  intact: 'The log is intact: {{formatted}} records checked in {{ms}} ms. The last one is number {{number}}.',
  empty_chain: 'The log is intact; nothing has been sealed yet.',
  broken: 'The log was tampered with at record {{number}}: {{message}}',
  head: 'Keep this to compare later:',
  export: { button: 'Export', ndjson: 'NDJSON', csv: 'CSV' },
  unsealed: 'Not sealed yet',
  empty: { title: 'No records match', text: 'Every change in Watchfloor is recorded here: who, when, what, from where.', action: 'Clear the filters' },
  panel: { title: 'Audit record', facts: 'Record', change: 'What changed', nothing: 'This record changed no values.', before: 'Before', after: 'After', field: 'Field', reason: 'Reason', userAgent: 'Program', request: 'Request id', hash: 'Hash', openObject: 'Open it' },
  actorKind: { user: 'Person', 'api-key': 'API key', system: 'Watchfloor' },
  key: { group: 'Audit', down: 'Next record', up: 'Previous record', open: 'Open the panel', close: 'Close the panel' },
}

registerText('audit', auditText)
