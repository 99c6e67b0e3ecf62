import { type RuleText, readRuleSource } from '@watchfloor/engines/yara'
import type { YaraDiagnostic, YaraFile } from '../../platform/yara/yara.ts'

/** A file taken apart; rules with errors are taken out as they are found. */
export interface OpenFile {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
  rules: readonly RuleText[]
}

/** The compiler follows brackets by recursion, and its process dies of too many. */
const maxDepth = 200

type Say = (diagnostic: YaraDiagnostic) => void

/**
 * Reads the files of a set. Of two rules of one name in a file the first stays; rules that use a module which the compiler has not
 * go; includes of other files of the set are met already, and no others are read.
 */
export function openFiles(
  files: readonly YaraFile[],
  isModule: (name: string) => boolean,
  say: Say,
): { open: OpenFile[]; found: number } {
  const paths = new Set(files.flatMap(({ path }) => endingsOf(path)))
  let found = 0
  const open = files.map(({ path, text }) => {
    const { rules, imports, includes } = readRuleSource(text)
    found += rules.length
    const fault = (code: string, level: 'error' | 'warning', line: number, message: string, rule?: string) =>
      say({ code, level, file: path, line, column: 1, message, ...(rule === undefined ? {} : { rule }) })
    for (const include of includes)
      if (!paths.has(include.path.replace(/^(?:\.{0,2}\/)+/, '')))
        fault(
          'YARA_INCLUDE_UNKNOWN',
          'warning',
          include.line,
          `includes "${include.path}", which is not among the files`,
        )
    if (rules.length === 0 && includes.length === 0) fault('YARA_NO_RULE', 'error', 1, 'the file holds no rule')
    const missing = imports.filter((name) => !isModule(name))
    const names = new Set<string>()
    const kept = rules.filter((rule) => {
      const module = missing.find((name) => rule.conditionWords.has(name))
      if (rule.depth > maxDepth)
        fault(
          'YARA_TOO_DEEP',
          'error',
          rule.line,
          `its brackets stand ${rule.depth} deep in each other; at most ${maxDepth} may`,
          rule.name,
        )
      else if (module !== undefined)
        fault(
          'YARA_UNKNOWN_MODULE',
          'error',
          rule.line,
          `uses the module "${module}", which the engine has not`,
          rule.name,
        )
      else if (names.has(rule.name))
        fault('YARA_DUPLICATE_RULE', 'error', rule.line, `the file has a rule ${rule.name} already`, rule.name)
      else return names.add(rule.name)
      return false
    })
    return { path, text, imports: imports.filter((name) => !missing.includes(name)), rules: kept }
  })
  return { open, found }
}

/** `a/b/c.yar`, `b/c.yar`, `c.yar`: how an include may call a file. */
const endingsOf = (path: string): string[] => {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(index).join('/'))
}

/** The kept rules of a file where they stand, everything else blank: places in it are places in the file. */
export function textOf({ text, rules }: OpenFile): string {
  const parts: string[] = []
  let at = 0
  for (const { start, end } of rules) {
    parts.push(blank(text.slice(at, start)), text.slice(start, end))
    at = end
  }
  parts.push(blank(text.slice(at)))
  return parts.join('')
}

const blank = (text: string): string => text.replace(/[^\n]+/g, (line) => ' '.repeat(line.length))

export const importsOf = (files: readonly OpenFile[]): string =>
  [...new Set(files.flatMap(({ imports }) => imports))].map((name) => `import ${JSON.stringify(name)} `).join('')

/** Which files define the rules that each refers to; of several files with a rule of that name the first. */
export function dependenciesOf(files: readonly OpenFile[]): Map<OpenFile, ReadonlySet<OpenFile>> {
  const definers = new Map<string, OpenFile>()
  for (const file of files) for (const { name } of file.rules) if (!definers.has(name)) definers.set(name, file)
  return new Map(
    files.map((file) => {
      const own = new Set(file.rules.map(({ name }) => name))
      const needed = new Set<OpenFile>()
      for (const { conditionWords } of file.rules)
        for (const word of conditionWords) {
          const definer = own.has(word) ? undefined : definers.get(word)
          if (definer && definer !== file) needed.add(definer)
        }
      return [file, needed]
    }),
  )
}

/** The file's dependencies before it, theirs before them. A circle is cut where it closes. */
export function withDependencies(
  file: OpenFile,
  dependencies: ReadonlyMap<OpenFile, ReadonlySet<OpenFile>>,
  seen = new Set<OpenFile>(),
): OpenFile[] {
  if (seen.has(file)) return []
  seen.add(file)
  return [...[...(dependencies.get(file) ?? [])].flatMap((one) => withDependencies(one, dependencies, seen)), file]
}

/**
 * Puts files together that can be one namespace for the compiler: no two rules of a name, and dependencies before what needs them.
 * Global rules govern their own file alone.
 */
export function layersOf(
  files: readonly OpenFile[],
  dependencies: ReadonlyMap<OpenFile, ReadonlySet<OpenFile>>,
): OpenFile[][] {
  const layers: { files: Set<OpenFile>; names: Set<string>; isOpen: boolean }[] = []
  const placed = new Set<OpenFile>()
  const all = (group: readonly OpenFile[]) => group.flatMap(({ rules }) => rules.map(({ name }) => name))
  for (const file of files) {
    if (placed.has(file) || file.rules.length === 0) continue
    const group = withDependencies(file, dependencies)
    const isGlobal = group.some(({ rules }) => rules.some((rule) => rule.isGlobal))
    const fits = (layer: (typeof layers)[number]) =>
      layer.isOpen &&
      group.every((one) => layer.files.has(one) || one.rules.every(({ name }) => !layer.names.has(name)))
    let layer = isGlobal ? undefined : layers.find(fits)
    if (layer === undefined) {
      layer = { files: new Set(), names: new Set(), isOpen: !isGlobal }
      layers.push(layer)
    }
    for (const one of group) {
      layer.files.add(one)
      placed.add(one)
    }
    for (const name of all(group)) layer.names.add(name)
  }
  return layers.map((layer) => [...layer.files])
}
