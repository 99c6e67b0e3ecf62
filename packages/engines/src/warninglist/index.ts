export { listAppliesTo } from './applies-to.ts'
export { type CompiledWarningLists, compileWarningLists, type UnusableEntry, type WarningListText } from './compile.ts'
export { type OtherValue, type WarningListHit, WarningLists } from './warning-lists.ts'
