import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { validateStix } from '@watchfloor/engines/stix'
import type { Verdict } from './suite.ts'

/** Every file of objects, bundles or lists in the folder: others published it as an example, so nothing in it may be forbidden. */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.(?:json|stix2?)$/i.test(file))
  for (const file of files.sort()) {
    const text = await readFile(join(folder, file), 'utf8')
    if (!isSchema(text)) yield { name: file, ...judge(text) }
  }
}

const maxTold = 5

function judge(text: string): Omit<Verdict, 'name'> {
  if (!holdsStix(text)) return { verdict: 'skipped', reason: 'it holds neither an object of STIX nor a bundle' }
  const { valid, issues } = validateStix(text)
  const errors = issues.filter(({ level }) => level === 'error')
  const warnings = issues.length - errors.length
  if (valid) return { verdict: 'passed', ...(warnings === 0 ? {} : { reason: `${warnings} warnings` }) }
  const told = errors.slice(0, maxTold).map(({ code, id, path, message }) => `${code} ${id} ${path}: ${message}`)
  return { verdict: 'failed', reason: `${errors.length} errors: ${told.join('; ')}` }
}

/** JSON schemas lie beside the examples. */
const isSchema = (text: string): boolean => /"\$schema"\s*:/.test(text.slice(0, 4096))

function holdsStix(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    const first: unknown = Array.isArray(value) ? value[0] : value
    return typeof first === 'object' && first !== null && 'type' in first && 'id' in first
  } catch {
    // Broken JSON is told by the validation.
    return true
  }
}
