import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/**
 * Writes packages/engines/src/attack/matrix-data.ts: ids, names and tactics of ATT&CK (Enterprise), nothing of its texts.
 * Run by hand when there is a new version: `node tooling/attack-matrix.ts FILE.json[.gz]`, the STIX bundle that MITRE publishes.
 */
const target = join(import.meta.dirname, '../packages/engines/src/attack/matrix-data.ts')

/** What of a STIX object is looked at. */
interface StixObject {
  readonly id: string
  readonly type: string
  readonly name?: string
  readonly revoked?: boolean
  readonly x_mitre_deprecated?: boolean
  readonly x_mitre_shortname?: string
  readonly x_mitre_version?: string
  readonly tactic_refs?: readonly string[]
  readonly external_references?: readonly { readonly source_name: string; readonly external_id?: string }[]
  readonly kill_chain_phases?: readonly { readonly kill_chain_name: string; readonly phase_name: string }[]
}

const attackId = (one: StixObject): string | undefined =>
  one.external_references?.find((reference) => reference.source_name === 'mitre-attack')?.external_id

const idIn = (line: string): string => line.slice(0, line.indexOf('|'))

/** A technique with its sub-techniques in one line. */
function byParent(lines: readonly string[]): string[] {
  const byId = new Map<string, string[]>()
  for (const line of lines) {
    const parent = idIn(line).slice(0, 5)
    byId.set(parent, [...(byId.get(parent) ?? []), line])
  }
  return [...byId.values()].map((group) => group.join(';'))
}

function matrixOf(objects: readonly StixObject[]) {
  const current = objects.filter((one) => !one.revoked && !one.x_mitre_deprecated)
  const byId = new Map(current.map((one) => [one.id, one]))
  const order = current.find((one) => one.type === 'x-mitre-matrix')?.tactic_refs ?? []
  const tactics = order.flatMap((ref) => {
    const tactic = byId.get(ref)
    return tactic ? [`${attackId(tactic)}|${tactic.x_mitre_shortname}|${tactic.name}`] : []
  })
  const techniques = current
    .filter((one) => one.type === 'attack-pattern')
    .map((one) => {
      const phases = (one.kill_chain_phases ?? []).filter((phase) => phase.kill_chain_name === 'mitre-attack')
      return `${attackId(one)}|${one.name}|${phases.map((phase) => phase.phase_name).join(',')}`
    })
    .sort((a, b) => (idIn(a) < idIn(b) ? -1 : 1))
  const version = current.find((one) => one.type === 'x-mitre-collection')?.x_mitre_version
  return { tactics, techniques: byParent(techniques), version }
}

const [file, namedVersion] = process.argv.slice(2)
if (!file) throw new Error('name the STIX bundle: node tooling/attack-matrix.ts enterprise-attack.json[.gz] [version]')
const bytes = readFileSync(file)
const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
const bundle = JSON.parse(text) as { readonly objects: readonly StixObject[] }
const { tactics, techniques, version = namedVersion } = matrixOf(bundle.objects)
if (!version) throw new Error('the bundle does not say its version: name it as the second argument')
writeFileSync(
  target,
  `// Written by tooling/attack-matrix.ts. Facts of MITRE ATT&CK (Enterprise); see NOTICE.
export const attackVersion = '${version}'

/** id|short name|name, in the order of the matrix. */
export const tacticLines = \`
${tactics.join('\n')}
\`

/** id|name|short names of its tactics; sub-techniques behind theirs. */
export const techniqueLines = \`
${techniques.join('\n')}
\`
`,
)
process.stdout.write(
  `${tactics.length} tactics, ${techniques.length} techniques with their sub-techniques of ATT&CK ${version}\n`,
)
