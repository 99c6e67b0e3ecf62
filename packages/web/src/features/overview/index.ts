import './text.en.ts'

export { OverviewPage } from './overview-page.tsx'
