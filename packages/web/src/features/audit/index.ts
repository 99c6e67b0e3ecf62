import './text.en.ts'

export { AuditPage } from './audit-page.tsx'
