import { isDeepStrictEqual } from 'node:util'
import { type StixReport, validateStix } from '@watchfloor/engines/stix'
import type { ValidatorCase } from './stix-validator-case.ts'

export type JudgedCase =
  | { readonly case: ValidatorCase; readonly report: StixReport }
  | { readonly case: ValidatorCase; readonly refusal: string }

/** Why a case is wrong that was judged otherwise than it expects; told by what it holds, not by its name. */
export function wrongCaseReason(judged: JudgedCase, all: readonly ValidatorCase[]): string | undefined {
  return contradicted(judged.case, all) ?? unwrittenOptions(judged.case) ?? malformedReference(judged)
}

/** Options that a test set elsewhere were not written down with it. */
function contradicted(one: ValidatorCase, all: readonly ValidatorCase[]): string | undefined {
  const other = all.find(
    (each) =>
      each.expected !== one.expected &&
      isDeepStrictEqual(each.options, one.options) &&
      isDeepStrictEqual(each.instance, one.instance),
  )
  return other === undefined ? undefined : 'the same instance with the same options is expected both valid and invalid'
}

function unwrittenOptions({ instance, options, expected }: ValidatorCase): string | undefined {
  if (expected !== false || Object.keys(options).length > 0) return undefined
  if (validateStix(instance).valid === false || validateStix(instance, { version: '2.1' }).valid) return undefined
  return 'it has no options, and is invalid only when an option says by which version it is judged'
}

/** What must be a reference is none. */
function malformedReference(judged: JudgedCase): string | undefined {
  if ('refusal' in judged || judged.case.expected !== true) return undefined
  const { strict } = judged.case.options
  const issues = judged.report.issues.filter(({ level }) => strict || level === 'error')
  const found = issues.filter(({ code, path }) => code === 'STIX_BAD_ID' && /_refs?(?:\[\d+\])?$/.test(path))
  if (found.length === 0 || found.length < issues.length) return undefined
  return `it is expected to be valid, and its ${found[0]!.path} is no id (STIX 2.1, section 2.9: ids must be of the form type--UUID)`
}
