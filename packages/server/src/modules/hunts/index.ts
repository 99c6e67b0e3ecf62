export { type Hunts, huntsModule } from './module.ts'
