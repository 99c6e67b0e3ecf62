import './text.en.ts'

export { AlertListPage } from './alert-list-page.tsx'
export { AlertPage } from './alert-page.tsx'
