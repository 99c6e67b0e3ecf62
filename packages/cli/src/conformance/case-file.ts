import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { z } from 'zod'
import type { Verdict } from './suite.ts'

interface CaseFile {
  readonly cases: readonly unknown[]
}

/** What a case stands among. */
export interface CaseContext<T> {
  /** The whole file as it is: cases may share something in it. */
  readonly file: object
  /** All cases that are well formed. */
  readonly all: readonly T[]
}

/**
 * Judges the `cases` of a JSON file one after the other. A folder without the file has no cases; a file that cannot be used and a case in
 * another form have a verdict of their own.
 */
export async function* judgeCases<T>(
  path: string,
  schema: z.ZodType<T>,
  judge: (one: T, context: CaseContext<T>) => Verdict | Promise<Verdict>,
): AsyncIterable<Verdict> {
  const file = await readCaseFile(path)
  if (file === undefined) return
  if (!isCaseFile(file)) {
    yield file
    return
  }
  const parsed = file.cases.map((one) => schema.safeParse(one))
  const all = parsed.flatMap((one) => (one.success ? [one.data] : []))
  for (const [index, one] of parsed.entries())
    yield one.success ? await judge(one.data, { file, all }) : malformed(`${basename(path)} case ${index}`, one.error)
}

async function readCaseFile(path: string): Promise<CaseFile | Verdict | undefined> {
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

function malformed(name: string, { issues: [issue] }: z.ZodError): Verdict {
  const reason = `a malformed case: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')}`
  return { name, verdict: 'failed', reason }
}
