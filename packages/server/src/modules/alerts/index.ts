export { alertsModule } from './module.ts'
export { type Alerts, alertChangedEvent } from './service.ts'
