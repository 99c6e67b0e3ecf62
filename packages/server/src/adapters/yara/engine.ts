import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** A fault of the compiler's, as it writes it. */
export interface CompilerFault {
  readonly code: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface FoundRule {
  readonly name: string
  readonly strings: readonly { readonly id: string; readonly offset: number; readonly length: number }[]
}

export interface CompiledRules {
  scan(bytes: Buffer, names: Readonly<Record<string, string>>, matchesPerPattern: number): FoundRule[]
  free(): void
}

/** What both builds of YARA-X can do. One source is one namespace. */
export interface YaraEngine {
  readonly name: 'native' | 'wasm'
  check(source: string): { errors: CompilerFault[]; warnings: CompilerFault[] }
  /** @throws Error with the first fault */
  compile(source: string): CompiledRules
}

/** External variables that the public rules use. */
export const externals: Readonly<Record<string, string>> = {
  filename: '',
  filepath: '',
  extension: '',
  filetype: '',
  owner: '',
}

const require = createRequire(import.meta.url)

/** The native build where there is one for this machine, else the WASM build. */
export function openEngine(wanted: 'native' | 'wasm' | undefined): YaraEngine {
  if (wanted === 'wasm') return wasmEngine()
  try {
    return nativeEngine()
  } catch (error) {
    if (wanted === 'native') throw error
    return wasmEngine()
  }
}

/** `error[E009]: unknown identifier … --> line:3:14 …`, with a picture of the place under it. */
export function readFault(text: string): CompilerFault {
  const [, code = 'unknown', title = text] = /^\w+\[(\w+)\]: ([^\n]*)/.exec(text) ?? []
  const [, line = '1', column = '1'] = /--> line:(\d+):(\d+)/.exec(text) ?? []
  const label = /^\s*\|\s*[\^-]+ ([^\n]+)/m.exec(text)?.[1]?.trim()
  return {
    code,
    line: Number(line),
    column: Number(column),
    message: label && label !== title ? `${title}: ${label}` : title,
  }
}

type Native = typeof import('@litko/yara-x')

function nativeEngine(): YaraEngine {
  const native = require('@litko/yara-x') as Native
  const options = { defineVariables: externals, relaxedReSyntax: true, enableIncludes: false }
  return {
    name: 'native',
    check(source) {
      const { errors, warnings } = native.validate(source, options)
      return {
        errors: errors.map(({ message }) => readFault(message)),
        warnings: warnings.map(({ message }) => readFault(message)),
      }
    },
    compile(source) {
      // Its declarations name a type that they do not have.
      const rules: InstanceType<Native['YaraX']> = native.compile(source, options)
      return {
        scan(bytes, names, matchesPerPattern) {
          rules.setMaxMatchesPerPattern(matchesPerPattern)
          return rules.scan(bytes, names).map(({ ruleIdentifier, matches }) => ({
            name: ruleIdentifier,
            strings: matches.map(({ identifier, offset, length }) => ({ id: identifier, offset, length })),
          }))
        },
        free() {},
      }
    },
  }
}

type Wasm = typeof import('@virustotal/yara-x')

interface WasmScan {
  readonly matches: readonly {
    readonly identifier: string
    readonly isPrivate: boolean
    readonly patterns: readonly {
      readonly identifier: string
      readonly isPrivate: boolean
      readonly matches: readonly { readonly offset: number; readonly length: number }[]
    }[]
  }[]
}

function wasmEngine(): YaraEngine {
  const entry = fileURLToPath(import.meta.resolve('@virustotal/yara-x'))
  const wasm = require(entry) as Wasm
  wasm.initSync({ module: readFileSync(entry.replace(/\.js$/, '_bg.wasm')) })
  const compilerOf = (source: string) => {
    const compiler = new wasm.Compiler()
    for (const [name, value] of Object.entries(externals)) compiler.defineGlobal(name, value)
    let fault: Error | undefined
    try {
      compiler.addSource(source)
    } catch (error) {
      fault = error instanceof Error ? error : new Error(String(error))
    }
    return { compiler, fault }
  }
  return {
    name: 'wasm',
    check(source) {
      const { compiler } = compilerOf(source)
      const { errors, warnings } = compiler
      compiler.free()
      return { errors: errors.map(readFault), warnings: warnings.map(readFault) }
    },
    compile(source) {
      const { compiler, fault } = compilerOf(source)
      if (fault) {
        compiler.free()
        throw fault
      }
      const rules = compiler.build()
      const scanner = rules.scanner()
      return {
        scan(bytes, names, matchesPerPattern) {
          for (const [name, value] of Object.entries(names)) scanner.setGlobal(name, value)
          scanner.setMaxMatchesPerPattern(matchesPerPattern)
          const { matches } = scanner.scan(bytes) as WasmScan
          return matches
            .filter(({ isPrivate }) => !isPrivate)
            .map(({ identifier, patterns }) => ({
              name: identifier,
              strings: patterns
                .filter((pattern) => !pattern.isPrivate)
                .flatMap((pattern) => pattern.matches.map((match) => ({ id: pattern.identifier, ...match }))),
            }))
        },
        free() {
          scanner.free()
          rules.free()
        },
      }
    },
  }
}
