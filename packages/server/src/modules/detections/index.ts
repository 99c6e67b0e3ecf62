export { detectionsMadeEvent } from './events.ts'
export { type Detections, detectionsModule } from './module.ts'
