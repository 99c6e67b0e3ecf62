export { detectionOfHit } from './correlations/hit-detection.ts'
export { detectionsMadeEvent } from './events.ts'
export { type Detections, detectionsModule } from './module.ts'
export { entitiesOf, entityFields } from './pipeline/entities.ts'
