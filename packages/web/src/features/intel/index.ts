import './text.en.ts'

export { IndicatorsPage } from './indicators-page.tsx'
export { WarningListsPage } from './warning-lists-page.tsx'
