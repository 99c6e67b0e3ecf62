import { type IntelChanged, intelChanged } from '@watchfloor/contracts/intel'
import type { DomainEventType } from '../../platform/outbox/outbox.ts'

export const intelChangedEvent: DomainEventType<'intel.changed', IntelChanged> = {
  name: 'intel.changed',
  schema: intelChanged,
}
