import { type Catalogue, registerText } from '../../ui/i18n.ts'

export const eventsText: Catalogue = {
  title: 'Hunt',
  list: 'Events',
  figure_one: '{{formatted}} event',
  figure_other: '{{formatted}} events',
  took: 'in {{ms}} ms',
  query: 'Search events',
  placeholder: 'process.name:powershell* and not user.name:SYSTEM',
  histogram: 'Events over time',
  column: { time: 'Time', source: 'Source', summary: 'Event' },
  fields: { title: 'Fields', filter: 'Find a field', hide: 'Hide the fields', show: 'Show the fields', add: 'Show {{field}} as a column', remove: 'Take the column {{field}} away', top: 'Top values of {{field}}', topTitle: 'Most frequent values', topOf: 'of {{formatted}} events with the field', noValues: 'No values in this range.', sampled: 'Shares in the newest {{formatted}} events', empty: 'No fields here.' },
  order: { newest: 'Newest first', oldest: 'Oldest first' },
  export: { button: 'Export', ndjson: 'NDJSON, whole events', csv: 'CSV, the columns shown' },
  empty: { title: 'No events match', text: 'Nothing in {{range}} matches this search. A wider range or fewer conditions may.', all: 'Search all time', clear: 'Clear the search', noneTitle: 'No events yet', noneText: 'Events appear here as soon as a source sends them.', sources: 'Connect a source' },
  invalid: 'The search could not be read',
  expand: 'Show the fields of this event',
  key: { group: 'Hunt', down: 'Next event', up: 'Previous event', expand: 'Show or hide the fields', open: 'Open the whole page', collapse: 'Hide all fields', fields: 'Show or hide the field list', back: 'Back to the list', refresh: 'Search again' },
  page: { title: 'Event', copyLink: 'Copy the link to this event', linkCopied: 'Link copied.', received: 'Received', source: 'Source', parser: 'Parser', id: 'Id', time: 'Time', facts: 'Origin', logSources: 'Log sources for rules', taxonomy: 'As rules see it', fields: 'Fields', warnings: 'Remarks while reading it', derived: 'from {{names}}', around: 'Search around it', lag: '{{span}} after it happened' },
}

registerText('events', eventsText)
