import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readRuleFiles } from '../../packages/server/src/demo/rule-files.ts'

const root = resolve(process.env.WATCHFLOOR_TEST_DATA ?? join(import.meta.dirname, '../../../shared/data'))

export interface RuleFiles {
  readonly pack: string
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

/** All public Sigma rules of the test data, else the rules that come with the product; says which on standard error. */
export async function benchRules(): Promise<RuleFiles> {
  const folder = join(root, 'sigma-rules')
  if (!existsSync(folder)) {
    console.error(`the public rules are not in ${root} (WATCHFLOOR_TEST_DATA): measured with our own instead`)
    return { pack: 'watchfloor', files: await readRuleFiles() }
  }
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yml'))
  const files = paths.sort().map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
  return { pack: 'public', files }
}

/** Windows and cloud events recorded during attacks (OTRF security datasets); undefined when the test data is absent. */
export function recordedLines(): string[] | undefined {
  const folder = join(root, 'otrf-security-datasets')
  if (!existsSync(folder)) {
    console.error(`recorded events are not in ${root} (WATCHFLOOR_TEST_DATA): that stage is left out`)
    return undefined
  }
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.json(\.gz)?$/.test(path))
  return paths.sort().flatMap((path) => {
    const bytes = readFileSync(join(folder, path))
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
    return text.split('\n').filter((line) => line.trim() !== '')
  })
}
