import { readFileSync } from 'node:fs'
import { type Diagnostic, readPlaceholders } from '@watchfloor/engines/sigma'
import { Failure } from '../../output/failure.ts'
import { requireSound } from './load-pipelines.ts'

/** Values for the placeholders of `expand`, from files; where two name the same, the later one counts. @throws Failure when one cannot be read */
export function loadPlaceholders(paths: readonly string[]): {
  placeholders: Map<string, readonly string[]>
  diagnostics: Diagnostic[]
} {
  const placeholders = new Map<string, readonly string[]>()
  const diagnostics: Diagnostic[] = []
  for (const path of paths) {
    const read = readPlaceholders(textOf(path), path)
    diagnostics.push(...read.diagnostics)
    for (const [name, values] of read.placeholders) placeholders.set(name, values)
  }
  return { placeholders, diagnostics }
}

/** @throws Failure with what is wrong when a file has errors */
export function loadSoundPlaceholders(paths: readonly string[]): Map<string, readonly string[]> {
  const { placeholders, diagnostics } = loadPlaceholders(paths)
  requireSound(diagnostics, 'watchfloor rules check --placeholders FILE says everything that is wrong')
  return placeholders
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`cannot read the placeholders: ${(error as Error).message}`)
  }
}
