export type { AuditEntry } from './model.ts'
export { auditModule } from './module.ts'
export type { Audit } from './service.ts'
