export { type RuleSource, type RuleText, readRuleSource } from './rule-source.ts'
