import { readFile } from 'node:fs/promises'
import {
  builtinPipeline,
  builtinPipelineNames,
  type Diagnostic,
  type Pipeline,
  readPipeline,
} from '@watchfloor/engines/sigma'
import { Failure } from '../../output/failure.ts'

/**
 * Pipelines by the path of their file, or by the name of one that comes with the product.
 * @throws Failure when one is not there
 */
export async function loadPipelines(
  named: readonly string[],
): Promise<{ pipelines: Pipeline[]; diagnostics: Diagnostic[] }> {
  const pipelines: Pipeline[] = []
  const diagnostics: Diagnostic[] = []
  for (const name of named) {
    const builtin = builtinPipeline(name)
    if (builtin !== undefined) {
      pipelines.push(builtin)
      continue
    }
    const text = await readFile(name, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new Failure(
        error.code === 'ENOENT' ? `there is no pipeline ${name}` : `cannot read ${name}: ${error.message}`,
        {
          remedy: `name a file, or one of ${builtinPipelineNames.join(', ')}`,
        },
      )
    })
    const read = readPipeline(text, name)
    diagnostics.push(...read.diagnostics)
    if (read.pipeline !== undefined) pipelines.push(read.pipeline)
  }
  return { pipelines, diagnostics }
}

/** @throws Failure with what is wrong when a pipeline has errors */
export async function loadSoundPipelines(named: readonly string[]): Promise<Pipeline[]> {
  const { pipelines, diagnostics } = await loadPipelines(named)
  requireSound(diagnostics, 'watchfloor rules check --pipeline FILE says everything that is wrong')
  return pipelines
}

/** @throws Failure with the first error, if there is one */
export function requireSound(diagnostics: readonly Diagnostic[], remedy: string): void {
  const errors = diagnostics.filter(({ level }) => level === 'error')
  const [first] = errors
  if (first === undefined) return
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
  throw new Failure(`${first.file}:${first.line}:${first.column} ${first.message}${more}`, {
    remedy: first.remedy ?? remedy,
  })
}
