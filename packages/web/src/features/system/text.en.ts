import { type Catalogue, registerText } from '../../ui/i18n.ts'

export const systemText: Catalogue = {
  title: 'System',
  health: 'Health',
  parts: 'Parts of the system',
  state: { up: 'Up', degraded: 'Degraded', down: 'Down' },
  jobs: 'Background work',
  list: 'Jobs',
  filter: 'State',
  jobState: { waiting: 'Waiting', running: 'Running', done: 'Done', retrying: 'Will retry', dead: 'Failed' },
  column: { name: 'Job', state: 'State', created: 'Made', duration: 'Took', progress: 'Progress', message: 'Message' },
  empty: {
    title: 'No background work',
    text: 'Retention, sealing, imports and other long work shows here while it runs and for some days after.',
  },
  cancel: 'Cancel',
  retry: 'Try again',
  cancelled: 'Cancelled.',
  retried: 'It is tried again.',
}

registerText('system', systemText)
