export { type Indicators, intelChangedEvent } from './indicators/service.ts'
export type { ExportPlace, IndicatorRow } from './indicators/store.ts'
export { type Intel, intelModule } from './module.ts'
export type { WarningListService } from './warning-lists/service.ts'
