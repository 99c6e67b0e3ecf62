import { type Permission, type Role, roles } from '@watchfloor/contracts/kernel'
import type { PermissionDeclaration } from '../../platform/module/module.ts'

/** Which role may do what, from the manifests of all modules. */
export interface RoleTable {
  /** Before the first request, with the permissions of every module. @throws when two modules declare the same one */
  register(declarations: Iterable<PermissionDeclaration>): void
  permissionsOf(roles: readonly Role[]): ReadonlySet<Permission>
  declarations(): readonly PermissionDeclaration[]
  has(name: string): boolean
}

/** Administrators may do everything that is declared, whatever a manifest says. */
export function createRoleTable(): RoleTable {
  const declared = new Map<string, PermissionDeclaration>()
  const cached = new Map<string, ReadonlySet<Permission>>()

  const mayByRole = (role: Role, { roles: allowed }: PermissionDeclaration) =>
    role === 'administrator' || allowed.includes(role)

  return {
    register(declarations) {
      for (const declaration of declarations) {
        if (declared.has(declaration.name)) throw new Error(`two modules declare the permission ${declaration.name}`)
        declared.set(declaration.name, declaration)
      }
      cached.clear()
    },
    permissionsOf(held) {
      const key = roles.filter((role) => held.includes(role)).join(' ')
      const known = cached.get(key)
      if (known) return known
      const all = [...declared.values()].filter((one) => held.some((role) => mayByRole(role, one)))
      const permissions = new Set(all.map((one) => one.name))
      cached.set(key, permissions)
      return permissions
    },
    declarations: () => [...declared.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    has: (name) => declared.has(name),
  }
}

/** For the roles page. */
export const roleTexts: Readonly<Record<Role, { title: string; description: string }>> = {
  administrator: { title: 'Administrator', description: 'Everything, including people, roles and settings.' },
  operator: { title: 'Operator', description: 'Installs, connects sources and devices, upgrades, backs up.' },
  analyst: { title: 'Analyst', description: 'Triages alerts, hunts, works cases, blocks.' },
  'detection-engineer': { title: 'Detection engineer', description: 'Writes, tests and tunes detection rules.' },
  'intelligence-analyst': { title: 'Intelligence analyst', description: 'Keeps indicators, threats and feeds.' },
  manager: { title: 'Manager', description: 'Reads everything that shows how the floor is doing; approves.' },
  viewer: { title: 'Viewer', description: 'Looks, and changes nothing.' },
  machine: { title: 'Machine', description: 'Scripts, shippers and agents.' },
}
