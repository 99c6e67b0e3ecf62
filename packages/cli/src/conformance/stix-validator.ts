import { join } from 'node:path'
import { type StixReport, UnknownCheck, type ValidationOptions, validateStix } from '@watchfloor/engines/stix'
import { z } from 'zod'
import { readStixSchemas } from '../input/stix-schemas.ts'
import { judgeCases } from './case-file.ts'
import { type ValidatorCase, validatorCase } from './stix-validator-case.ts'
import { type JudgedCase, wrongCaseReason } from './stix-validator-wrong-cases.ts'
import type { Verdict } from './suite.ts'

/** `cases.json`: objects, bundles and lists that are valid or not, with the options that they are judged by. */
export async function* run(folder: string): AsyncIterable<Verdict> {
  yield* judgeCases(join(folder, 'cases.json'), validatorCase, async (one, { all }) => ({
    name: `${one.id} (${one.source} ${one.test})`,
    ...judge(await judged(one, folder), all),
  }))
}

async function judged(one: ValidatorCase, folder: string): Promise<JudgedCase> {
  const { options } = one
  if (options.silent && options.verbose) return { case: one, refusal: 'silent and verbose contradict each other' }
  try {
    const report = validateStix(inputOf(one.instance), await optionsOf(options, folder))
    return { case: one, report }
  } catch (error) {
    if (error instanceof UnknownCheck) return { case: one, refusal: error.message }
    throw error
  }
}

function judge(judged: JudgedCase, all: readonly ValidatorCase[]): Omit<Verdict, 'name'> {
  const { expected } = judged.case
  const got = 'refusal' in judged ? 'refused' : judged.report.valid ? 'valid' : 'invalid'
  // What raises an exception there is told as an error here.
  const wanted = expected === true ? got === 'valid' : expected === false ? got === 'invalid' : got !== 'valid'
  const reason = 'refusal' in judged ? judged.refusal : issuesText(judged.report)
  if (wanted) return { verdict: 'passed', ...(reason === '' ? {} : { reason }) }
  const wrong = wrongCaseReason(judged, all)
  const told = `expected ${expected === true ? 'valid' : expected === false ? 'invalid' : expected}, got ${got}${reason === '' ? '' : `: ${reason}`}`
  return { verdict: 'failed', reason: wrong === undefined ? told : `${told}; the case is wrong: ${wrong}` }
}

/** Texts that are no JSON are written down so. */
function inputOf(instance: unknown): unknown {
  const raw = z.object({ __raw_text__: z.string() }).safeParse(instance)
  return raw.success ? raw.data.__raw_text__ : instance
}

/** The folder of schemas is named as it lay in the repository of the cases; its last part lies beside them. */
async function optionsOf(options: ValidatorCase['options'], folder: string): Promise<ValidationOptions> {
  const { schema_dir: schemaDir, version } = options
  const schemas =
    schemaDir === undefined ? undefined : await readStixSchemas(join(folder, schemaDir.split('/').at(-1)!))
  return {
    strict: options.strict ?? false,
    strictTypes: options.strict_types ?? false,
    strictProperties: options.strict_properties ?? false,
    enforceRefs: options.enforce_refs ?? false,
    interop: options.interop ?? false,
    enabled: listed(options.enabled),
    disabled: listed(options.disabled),
    ...(version === undefined ? {} : { version }),
    ...(schemas === undefined ? {} : { schemas }),
  }
}

const listed = (checks: string | readonly string[] | undefined): readonly string[] =>
  typeof checks === 'string' ? checks.split(',').filter((check) => check !== '') : (checks ?? [])

const maxTold = 3

function issuesText({ issues }: StixReport): string {
  const told = issues
    .slice(0, maxTold)
    .map(({ code, path, message }) => `${code} ${path === '' ? '' : `${path}: `}${message}`)
  const more = issues.length - told.length
  return `${told.join('; ')}${more > 0 ? `; ${more} more` : ''}`
}
