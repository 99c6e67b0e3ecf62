export type { ReadFile, ReadRule, RunnableRule, RunnableSet } from './model.ts'
export { rulesModule } from './module.ts'
export { Rules, rulesChangedEvent } from './service.ts'
