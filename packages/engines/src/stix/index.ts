/** STIX 2.1: its objects as data, ids, validation, markings, versions, and the way from STIX 2.0. Pure. */
export { definitionOf, stixDefinitions, stixLabel } from './definitions/index.ts'
export { validateStix } from './validate/validate.ts'
