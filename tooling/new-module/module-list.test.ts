import { describe, expect, it } from 'vitest'
import { withModule } from './module-list.ts'
import { namesOf } from './names.ts'

const list = `import type { Module } from '../platform/module/module.ts'
import { alertsModule } from './alerts/index.ts'
import { auditModule } from './audit/index.ts'

export const modules: readonly Module[] = [
  auditModule,
  alertsModule,
]
`
const ranks = { audit: 0, 'attack-paths': 6, alerts: 8, cases: 9 }

describe('the list of modules', () => {
  it('takes a module behind those of its rank and lower', () => {
    expect(
      withModule(list, namesOf('attack-paths'), ranks),
    ).toBe(`import type { Module } from '../platform/module/module.ts'
import { alertsModule } from './alerts/index.ts'
import { attackPathsModule } from './attack-paths/index.ts'
import { auditModule } from './audit/index.ts'

export const modules: readonly Module[] = [
  auditModule,
  attackPathsModule,
  alertsModule,
]
`)
  })

  it('takes one at the end', () => {
    const longer = withModule(list, namesOf('cases'), ranks)
    expect(longer).toContain("'./audit/index.ts'\nimport { casesModule } from './cases/index.ts'\n")
    expect(longer).toContain('  alertsModule,\n  casesModule,\n]')
  })

  it('refuses a module it has', () => {
    expect(() => withModule(list, namesOf('alerts'), ranks)).toThrow('names alerts already')
  })

  it.each(['Cases', 'my_cases', '-x', 'a', '../x', 'a--b'])('refuses the name %s', (name) => {
    expect(() => namesOf(name)).toThrow('no module name')
  })
})
