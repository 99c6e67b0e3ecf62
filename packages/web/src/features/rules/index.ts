import './text.en.ts'

export { PackUpdatePage } from './pack-update-page.tsx'
export { PacksPage } from './packs-page.tsx'
export { RuleImportPage } from './rule-import-page.tsx'
export { RuleListPage } from './rule-list-page.tsx'
export { NewRulePage, RulePage } from './rule-page.tsx'
