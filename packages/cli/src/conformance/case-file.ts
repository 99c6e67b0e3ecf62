import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { z } from 'zod'
import type { Verdict } from './suite.ts'

export type CaseFile = { readonly [key: string]: unknown; readonly cases: readonly unknown[] }

/** A JSON file with `cases`; nothing when the folder has no such file, a verdict when it cannot be used. */
export async function readCaseFile(path: string): Promise<CaseFile | Verdict | undefined> {
  const failed = (reason: string): Verdict => ({ name: basename(path), verdict: 'failed', reason })
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return failed(`cannot be read: ${(error as Error).message}`)
  }
  try {
    const value: unknown = JSON.parse(text)
    return isCaseFile(value) ? value : failed('holds no list of "cases"')
  } catch (error) {
    return failed(`is no JSON: ${(error as Error).message}`)
  }
}

const isCaseFile = (value: unknown): value is CaseFile =>
  typeof value === 'object' && value !== null && 'cases' in value && Array.isArray(value.cases)

export const isVerdict = (one: CaseFile | Verdict): one is Verdict => 'verdict' in one

/** A case in the form that the suite knows, or the verdict on one that is not in it. */
export function readCase<T>(schema: z.ZodType<T>, one: unknown, name: string): { of: T } | { malformed: Verdict } {
  const parsed = schema.safeParse(one)
  if (parsed.success) return { of: parsed.data }
  const [issue] = parsed.error.issues
  const reason = `a malformed case: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')}`
  return { malformed: { name, verdict: 'failed', reason } }
}
