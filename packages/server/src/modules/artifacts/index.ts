export { type Artifacts, artifactsModule } from './module.ts'
export { artifactsMatchedEvent } from './scanning.ts'
