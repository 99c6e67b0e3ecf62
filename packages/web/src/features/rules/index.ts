import './text.en.ts'

export { RuleImportPage } from './rule-import-page.tsx'
export { RuleListPage } from './rule-list-page.tsx'
export { NewRulePage, RulePage } from './rule-page.tsx'
