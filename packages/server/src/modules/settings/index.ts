export type { SettingDefinition } from './model.ts'
export { settingsModule } from './module.ts'
export type { Setting, SettingEdit, Settings } from './service.ts'
