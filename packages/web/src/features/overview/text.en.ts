import { type Catalogue, registerText } from '../../ui/i18n.ts'

export const overviewText: Catalogue = {
  title: 'Overview',
  tile: {
    open: 'Open alerts',
    unassigned: 'Unassigned',
    acknowledge: 'Median time to acknowledge',
    close: 'Median time to close',
    ingest: 'Events per second',
    behind_one: '{{formatted}} event waiting',
    behind_other: '{{formatted}} events waiting',
    keepingUp: 'Nothing waiting',
    noPulse: 'No report yet',
    none: 'None yet',
  },
  minutes: '{{formatted}} min',
  severityOver: 'Alerts raised over time',
  bySeverity: 'Open alerts by severity',
  topRules: 'Rules that fired most',
  topEntities: 'Entities with most alerts',
  techniques: 'ATT&CK techniques',
  sources: 'Sources',
  pulse: 'Ingestion, last five minutes',
  pulseLabel: 'Events per second, now {{rate}}',
  nothing: 'Nothing in this range.',
  noSources: {
    title: 'No source is connected yet',
    text: 'Send logs to Watchfloor, and rules start matching the moment they arrive.',
    action: 'Connect a source',
    rules: 'Import rules',
  },
  noRules: { title: 'No rules are on', text: 'Without rules nothing becomes an alert.' },
  detections_one: '{{formatted}} detection',
  detections_other: '{{formatted}} detections',
  sourceLine: '{{rate}}/s',
  health: {
    new: 'Waiting for its first event',
    ok: 'Receiving',
    silent: 'Silent',
    failing: 'Failing',
    disabled: 'Off',
  },
  refresh: 'Load again',
  group: 'Overview',
}

registerText('overview', overviewText)
