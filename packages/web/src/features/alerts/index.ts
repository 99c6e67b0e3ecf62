import './text.en.ts'

export { AlertListPage } from './alert-list-page.tsx'
