/** STIX 2.1: its objects as data, ids, validation, markings, versions, and the way from STIX 2.0. Pure. */
export { definitionOf, stixDefinitions, stixLabel } from './definitions/index.ts'
export { type CheckName, checkNumbers } from './validate/check-names.ts'
export type { StixIssue, StixIssueCode, StixLevel } from './validate/issue.ts'
export { type JsonSchema, type SchemaSet, UnreadableSchema } from './validate/json-schema.ts'
export { UnknownCheck, type ValidationOptions } from './validate/options.ts'
export { isValid, type StixReport, StixValidation, validateStix } from './validate/validate.ts'
