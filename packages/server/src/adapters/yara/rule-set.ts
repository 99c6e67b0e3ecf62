import type { RuleText } from '@watchfloor/engines/yara'
import type { YaraDiagnostic, YaraFile, YaraLimits, YaraMatch, YaraRuleSet } from '../../platform/yara/yara.ts'
import type { CompiledRules, CompilerFault, YaraEngine } from './engine.ts'
import {
  dependenciesOf,
  importsOf,
  layersOf,
  type OpenFile,
  openFiles,
  textOf,
  withDependencies,
} from './rule-files.ts'

interface Layer {
  readonly compiled: CompiledRules
  readonly rules: ReadonlyMap<string, { readonly rule: RuleText; readonly namespace: string }>
}

/** Rules with errors are taken out until the rest has none; more rounds than this mean that something else is wrong. */
const maxRounds = 20
const maxDiagnostics = 5000

/** A set of rules, each file a namespace, compiled as far as it compiles. */
export class RuleSet {
  readonly info: YaraRuleSet
  readonly #layers: readonly Layer[]
  readonly #open: readonly OpenFile[]

  private constructor(info: YaraRuleSet, layers: readonly Layer[], open: readonly OpenFile[]) {
    this.info = info
    this.#layers = layers
    this.#open = open
  }

  static check(engine: YaraEngine, files: readonly YaraFile[]): YaraRuleSet {
    const startedMs = performance.now()
    const { open, diagnostics } = sound(engine, files)
    return infoOf(engine, open, diagnostics, startedMs)
  }

  /** @param options.areSound the files are `soundFiles` of an earlier set: each rule is known to compile */
  static compile(engine: YaraEngine, files: readonly YaraFile[], { areSound = false } = {}): RuleSet {
    const startedMs = performance.now()
    const { open, diagnostics } = areSound ? unchecked(files) : sound(engine, files)
    const layers = layersOf(open, dependenciesOf(open)).flatMap((layer) => compileLayer(engine, layer, diagnostics))
    return new RuleSet(infoOf(engine, open, diagnostics, startedMs), layers, open)
  }

  /** What compiled, to be compiled again elsewhere without being checked. */
  get soundFiles(): YaraFile[] {
    return this.#open
      .filter(({ rules }) => rules.length > 0)
      .map((file) => ({ path: file.path, text: importsOf([file]) + textOf(file) }))
  }

  scan(bytes: Buffer, names: Readonly<Record<string, string>>, limits: YaraLimits): YaraMatch[] {
    const matches: YaraMatch[] = []
    for (const { compiled, rules } of this.#layers)
      for (const { name, strings } of compiled.scan(bytes, names, limits.matchesPerPattern)) {
        const known = rules.get(name)
        if (!known || known.rule.isPrivate) continue
        const shown = strings
          .toSorted((a, b) => a.offset - b.offset)
          .slice(0, limits.stringsPerRule)
          .map((one) => ({
            ...one,
            bytes: Uint8Array.from(
              bytes.subarray(one.offset, one.offset + Math.min(one.length, limits.bytesPerString)),
            ),
          }))
        matches.push({
          rule: name,
          namespace: known.namespace,
          tags: known.rule.tags,
          meta: known.rule.meta,
          strings: shown,
          stringsFound: strings.length,
        })
      }
    return matches
  }

  free(): void {
    for (const { compiled } of this.#layers) compiled.free()
  }
}

const infoOf = (
  engine: YaraEngine,
  open: readonly OpenFile[],
  { list, found }: Diagnostics,
  startedMs: number,
): YaraRuleSet => ({
  engine: engine.name,
  rules: open.reduce((sum, { rules }) => sum + rules.length, 0),
  found,
  compileMs: performance.now() - startedMs,
  diagnostics: list,
})

interface Diagnostics {
  readonly list: YaraDiagnostic[]
  found: number
}

function unchecked(files: readonly YaraFile[]): { open: OpenFile[]; diagnostics: Diagnostics } {
  const list: YaraDiagnostic[] = []
  const { open, found } = openFiles(
    files,
    () => true,
    (one) => list.push(one),
  )
  return { open, diagnostics: { list, found } }
}

/** The files with the rules that compile. */
function sound(engine: YaraEngine, files: readonly YaraFile[]): { open: OpenFile[]; diagnostics: Diagnostics } {
  const list: YaraDiagnostic[] = []
  const say = (diagnostic: YaraDiagnostic) => {
    if (list.length < maxDiagnostics) list.push(diagnostic)
  }
  const { open, found } = openFiles(files, (module) => knows(engine, module), say)
  const dependencies = dependenciesOf(open)
  // Files that others stand on come first: what they lose, the others cannot use.
  const seen = new Set<OpenFile>()
  for (const file of open)
    for (const one of withDependencies(file, dependencies)) {
      if (seen.has(one)) continue
      seen.add(one)
      takeOutBadRules(engine, one, withDependencies(one, dependencies).slice(0, -1), say)
    }
  return { open, diagnostics: { list, found } }
}

const known = new Map<string, boolean>()

function knows(engine: YaraEngine, module: string): boolean {
  let isKnown = known.get(module)
  if (isKnown === undefined) {
    isKnown = engine.check(`import ${JSON.stringify(module)} rule r { condition: true }`).errors.length === 0
    known.set(module, isKnown)
  }
  return isKnown
}

function takeOutBadRules(
  engine: YaraEngine,
  file: OpenFile,
  before: readonly OpenFile[],
  say: (diagnostic: YaraDiagnostic) => void,
): void {
  for (let round = 0; round < maxRounds && file.rules.length > 0; round++) {
    const { source, places } = assemble([...before, file])
    const firstLine = places.at(-1)!.firstLine
    const { errors, warnings } = engine.check(source)
    if (errors.length === 0) {
      for (const warning of warnings) if (warning.line >= firstLine) say(placed(file, firstLine, warning, 'warning'))
      return
    }
    const bad = new Set<string | undefined>()
    for (const error of errors) {
      const diagnostic = placed(file, firstLine, error, 'error')
      say(diagnostic)
      bad.add(diagnostic.rule)
    }
    // What cannot be laid at the door of a rule is the fault of the whole file.
    const blamed = file.rules.filter(({ name }) => bad.has(name))
    file.rules = blamed.length === 0 ? [] : file.rules.filter(({ name }) => !bad.has(name))
  }
}

function placed(file: OpenFile, firstLine: number, fault: CompilerFault, level: 'error' | 'warning'): YaraDiagnostic {
  const line = Math.max(1, fault.line - firstLine + 1)
  const rule = fault.line < firstLine ? undefined : ruleAt(file, line, fault.column)
  return {
    code: `YARA_${fault.code.toUpperCase()}`,
    level,
    file: file.path,
    line,
    column: fault.column,
    ...(rule ? { rule: rule.name } : {}),
    message: fault.message,
  }
}

/** The rule that a place is in, else the last one before it: a missing brace is found out behind the rule. */
function ruleAt({ text, rules }: OpenFile, line: number, column: number): RuleText | undefined {
  const begins = (rule: RuleText): boolean =>
    rule.line < line || (rule.line === line && rule.start - text.lastIndexOf('\n', rule.start - 1) <= column)
  return rules.findLast(begins) ?? rules[0]
}

/** Files as one source: their imports on its first line, then one file after the other, their lines kept. */
function assemble(files: readonly OpenFile[]): { source: string; places: { file: OpenFile; firstLine: number }[] } {
  const parts = [importsOf(files)]
  const places: { file: OpenFile; firstLine: number }[] = []
  let line = 2
  for (const file of files) {
    places.push({ file, firstLine: line })
    const text = textOf(file)
    parts.push(text)
    line += (text.match(/\n/g)?.length ?? 0) + 1
  }
  return { source: parts.join('\n'), places }
}

/** Rules that are sound by themselves may still be refused together; then those that are named go. */
function compileLayer(engine: YaraEngine, files: readonly OpenFile[], { list }: Diagnostics): Layer[] {
  for (let round = 0; round < maxRounds; round++) {
    const left = files.filter(({ rules }) => rules.length > 0)
    if (left.length === 0) return []
    const { source, places } = assemble(left)
    try {
      const rules = left.flatMap((file) =>
        file.rules.map((rule) => [rule.name, { rule, namespace: file.path }] as const),
      )
      return [{ compiled: engine.compile(source), rules: new Map(rules) }]
    } catch (error) {
      const { errors } = engine.check(source)
      if (errors.length === 0) throw error
      for (const fault of errors) {
        const place = places.findLast(({ firstLine }) => firstLine <= fault.line) ?? places[0]!
        const diagnostic = placed(place.file, place.firstLine, fault, 'error')
        list.push(diagnostic)
        place.file.rules = place.file.rules.filter(({ name }) => name !== diagnostic.rule)
      }
    }
  }
  throw new Error('the rules do not compile together')
}
