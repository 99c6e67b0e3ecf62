import type { ObjectRule } from './object-rule.ts'
import { accountRules } from './object-rules-accounts.ts'
import { fileRules } from './object-rules-files.ts'
import { networkRules } from './object-rules-network.ts'

/** Objects that become observables; others become objects of STIX's domain, or are kept whole (`x-misp-object`). */
export const objectRules: Readonly<Record<string, ObjectRule>> = { ...accountRules, ...fileRules, ...networkRules }
