import { type Catalogue, registerText } from '../../ui/i18n.ts'

export const settingsText: Catalogue = {
  title: 'Settings',
  group: {
    organisation: 'Organisation',
    identity: 'Signing in',
    audit: 'Audit',
    events: 'Events',
    rules: 'Rules',
    alerts: 'Alerts',
  },
  save: 'Save',
  saved: 'Saved: {{title}}',
  byDefault: 'Default: {{value}}',
  changed: 'Changed {{when}} by {{who}}',
  secretSet: 'A value is set. Type a new one to replace it.',
  readOnly: 'Your role may see the settings but not change them.',
  on: 'On',
  notJson: 'This is not JSON.',
  empty: { title: 'Nothing to set', text: 'No module has settings yet.' },
}

registerText('settings', settingsText)
