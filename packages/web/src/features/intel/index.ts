import './patterns/text.en.ts'
import './text.en.ts'

export { IndicatorsPage } from './indicators-page.tsx'
export { PatternsPage } from './patterns/patterns-page.tsx'
export { WarningListsPage } from './warning-lists-page.tsx'
