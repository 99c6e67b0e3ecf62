import { z } from 'zod'

/** The roles of the product. What each may do is said by the modules' manifests, permission by permission. */
export const roles = [
  'administrator',
  'operator',
  'analyst',
  'detection-engineer',
  'intelligence-analyst',
  'manager',
  'viewer',
  'machine',
] as const
export const role = z.enum(roles)
export type Role = z.infer<typeof role>

/** `area:verb`, e.g. `alerts:read`. */
export type Permission = `${string}:${string}`

/** Who does something: a person, an API key, or the program itself. */
export interface Actor {
  readonly kind: 'user' | 'api-key' | 'system'
  readonly id: string
  /** What people see: an e-mail address, a key's name, a process's name. */
  readonly name: string
  readonly roles: readonly Role[]
  readonly permissions: ReadonlySet<Permission>
  /** Where the call came from, for the audit log. Absent when the program acts by itself. */
  readonly origin?: { readonly ip: string; readonly userAgent: string; readonly requestId: string }
}

/** The program itself, acting on its own behalf; audit records name the part that acts. */
export const systemActor = (name: string): Actor => ({
  kind: 'system',
  id: 'system',
  name,
  roles: [],
  permissions: new Set(),
})
