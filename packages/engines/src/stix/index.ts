/** STIX 2.1: its objects as data, ids, validation, markings, versions, and the way from STIX 2.0. Pure. */
export type { StixObject, StixValue } from '../stix-pattern/index.ts'
export { type BoundProblem, boundProblem } from './bounds.ts'
export { type BundlePiece, BundleSplitter, defaultSplitLimits, type SplitLimits } from './bundle/splitter.ts'
export { categoryOf, definitionOf, stixDefinitions, stixLabel } from './definitions/index.ts'
export type {
  ObjectCategory,
  PropertyKind,
  PropertyRule,
  ReferenceTarget,
  StixDefinition,
  StructDefinition,
} from './definitions/property.ts'
export { commonRelationships, relationshipsBetween, relationshipTable } from './definitions/relationships.ts'
export { type EnumName, enums, type VocabularyName, vocabularies } from './definitions/vocabularies.ts'
export { canonicalJson } from './ids/canonical-json.ts'
export { parseStixId, type StixIdParts, typeOfId } from './ids/identifier.ts'
export { observableId } from './ids/observable-id.ts'
export { nameBasedUuid, randomUuid, uuidBytes } from './ids/uuid.ts'
export {
  languageAt,
  type MarkedPart,
  markingsAt,
  objectMarkings,
  tlpOf,
  tlpOfParts,
} from './markings/object-markings.ts'
export { type ResolvedSelector, resolveSelector, selectorCovers } from './markings/selectors.ts'
export {
  strictestTlp,
  TLP2_EXTENSION,
  type TlpLevel,
  tlpDefinition,
  tlpDefinitions,
  tlpLevels,
  tlpMarking,
  tlpOfMarking,
  tlpRank,
} from './markings/tlp.ts'
export type { ChangeKind, UpgradeChange } from './upgrade/change.ts'
export { isVersion2_0, type UpgradedObject, upgradeObject } from './upgrade/upgrade.ts'
export { type CheckName, checkNumbers } from './validate/check-names.ts'
export type { StixIssue, StixIssueCode, StixLevel } from './validate/issue.ts'
export { type JsonSchema, type SchemaSet, UnreadableSchema } from './validate/json-schema.ts'
export { UnknownCheck, type ValidationOptions } from './validate/options.ts'
export { isValid, type StixReport, StixValidation, validateStix } from './validate/validate.ts'
export {
  attackBookkeeping,
  type ChangedObject,
  type CollectionDiff,
  diffCollections,
  diffObjects,
  type PropertyDiff,
} from './versions/diff.ts'
export { compareVersions, judgeVersion, newestVersion, type VersionVerdict } from './versions/version-order.ts'
