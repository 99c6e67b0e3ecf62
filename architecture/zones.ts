import type { PackageName } from './source-tree.ts'

/** Where a file stands in the house. */
export interface Zone {
  readonly package: PackageName
  /** First folder below `src`: `platform`, `modules`, `features`, `kernel`; empty for files directly in it. */
  readonly layer: string
  /** Second folder: the module, feature, adapter or connector; empty for files directly in the layer. */
  readonly part: string
  /** Path below the part (below the layer when there is no part): `index.ts`, `model.ts`. */
  readonly inside: string
  /** Tests, and what only tests use: builders in `testing.ts` or `testing/`, conformance suites, programs that tests start (`…-child.ts`). */
  readonly forTests: boolean
}

/** @param path relative to the root: `packages/server/src/modules/cases/model.ts` */
export function zoneOf(path: string): Zone {
  const [, name, , ...below] = path.split('/')
  const layer = below.length > 1 ? (below[0] ?? '') : ''
  const part = below.length > 2 ? (below[1] ?? '') : ''
  return {
    package: name as PackageName,
    layer,
    part,
    inside: below.slice((layer ? 1 : 0) + (part ? 1 : 0)).join('/'),
    forTests: isForTests(below),
  }
}

function isForTests(below: readonly string[]): boolean {
  const file = below.at(-1) ?? ''
  const folders = below.slice(0, -1)
  return (
    /\.test\.tsx?$/.test(file) ||
    /^testing\.tsx?$/.test(file) ||
    /-child\.ts$/.test(file) ||
    folders.includes('testing') ||
    (folders[0] === 'adapters' && folders[1] === 'conformance')
  )
}
