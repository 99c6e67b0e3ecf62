import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, type TestContext } from 'vitest'
import {
  attackBookkeeping,
  diffCollections,
  type StixIssue,
  type StixObject,
  StixValidation,
  upgradeObject,
} from './index.ts'

const root = resolve(process.env.WATCHFLOOR_TEST_DATA ?? join(import.meta.dirname, '../../../../../shared/data'))

/** The objects of a bundle; without the data the test is skipped. */
function objectsOf(path: string, { skip }: TestContext): readonly StixObject[] {
  const where = join(root, path)
  if (!existsSync(where)) skip(`no ${path} in ${root}; WATCHFLOOR_TEST_DATA names the folder`)
  const bytes = readFileSync(where)
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).objects
}

function errorsOf(objects: Iterable<StixObject>): readonly StixIssue[] {
  const validation = new StixValidation()
  const errors: StixIssue[] = []
  for (const one of objects)
    errors.push(...validation.object(one, { bundled: '2.1' }).filter(({ level }) => level === 'error'))
  return errors
}

describe('ATT&CK', () => {
  it('of STIX 2.0 is valid STIX 2.1 when it is upgraded', { timeout: 60_000 }, (context) => {
    const objects = objectsOf('mitre-attack/enterprise-attack.stix20.json.gz', context)
    const upgraded = objects.map(upgradeObject)
    expect(upgraded.length).toBeGreaterThan(20_000)
    expect(errorsOf(upgraded.map(({ object }) => object))).toEqual([])
    expect(upgraded.every(({ changes }) => changes.some(({ path }) => path === 'spec_version'))).toBe(true)
    // What is not told as changed is as it was.
    const lost = upgraded.filter(({ object, changes }, i) =>
      Object.keys(objects[i]!).some(
        (name) => object[name] !== objects[i]![name] && !changes.some(({ path }) => path.startsWith(name)),
      ),
    )
    expect(lost).toEqual([])
  })
  it('shows what an update brings', (context) => {
    const before = objectsOf('mitre-attack/mobile-attack-13.1.json.gz', context)
    const after = objectsOf('mitre-attack/mobile-attack-17.1.json.gz', context)
    expect(errorsOf(after)).toEqual([])
    const diff = diffCollections(before, after, { bookkeeping: attackBookkeeping })
    console.info(
      `mobile ATT&CK 13.1 to 17.1: ${diff.added.length} added, ${diff.removed.length} removed, ${diff.changed.length} changed, ${diff.revoked.length} revoked`,
    )
    expect(diff.added.length - diff.removed.length).toBe(after.length - before.length)
    expect(diff.changed.length + diff.sameCount + diff.added.length).toBe(after.length)
    const changed = new Set(diff.changed.map(({ id }) => id))
    expect(diff.revoked.filter((id) => !changed.has(id))).toEqual([])
  })
})
