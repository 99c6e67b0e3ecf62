import { readFile } from 'node:fs/promises'
import {
  caretLines,
  type PatternDiagnostic,
  type PatternLevel,
  type PatternVersion,
} from '@watchfloor/engines/stix-pattern'
import { Option } from 'commander'
import { usageFailure } from '../../output/failure.ts'
import type { Writer } from '../../output/terminal.ts'
import { printable } from '../../output/text.ts'

export interface PatternOptions {
  readonly pattern?: string
  readonly patternFile?: string
  readonly stixVersion: PatternVersion
}

export const versionOption = (): Option =>
  new Option('--stix-version <version>', 'of the pattern language').choices(['2.0', '2.1']).default('2.1')

/** @throws Failure */
export async function patternText({ pattern, patternFile }: PatternOptions): Promise<string> {
  if (pattern !== undefined) return pattern
  if (patternFile === undefined) throw usageFailure('there is no pattern', 'Give one with --pattern or --pattern-file')
  try {
    return (await readFile(patternFile, 'utf8')).trim()
  } catch (error) {
    throw usageFailure(`cannot read ${patternFile}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const styles: Readonly<Record<PatternLevel, 'red' | 'yellow'>> = { error: 'red', invalid: 'red', warning: 'yellow' }

/** Each with the line of the pattern and a caret under the place. */
export function printPatternDiagnostics(diagnostics: readonly PatternDiagnostic[], text: string, to: Writer): void {
  for (const one of diagnostics) {
    const { code, level, message, remedy, line, column } = one
    const [shown, caret] = caretLines(text, one)
    to.write(`${to.paint(styles[level], code)} ${line}:${column} ${printable(`${message}; ${remedy}`)}\n`)
    to.write(`  ${printable(shown)}\n  ${to.paint(styles[level], caret)}\n`)
  }
}
