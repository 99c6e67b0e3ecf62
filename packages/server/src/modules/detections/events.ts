import { type DetectionsMade, detectionsMade } from '@watchfloor/contracts/detections'
import type { DomainEventType } from '../../platform/outbox/outbox.ts'

export const detectionsMadeEvent: DomainEventType<'detections.made', DetectionsMade> = {
  name: 'detections.made',
  schema: detectionsMade,
}
