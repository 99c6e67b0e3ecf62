export { detectionsMadeEvent } from './events.ts'
export { type Detections, detectionsModule } from './module.ts'
export { entitiesOf } from './pipeline/entities.ts'
