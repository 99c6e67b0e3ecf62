export { sessionCookie } from './callers.ts'
export { identityModule } from './module.ts'
export type { Identity } from './service.ts'
export type { Users } from './users.ts'
