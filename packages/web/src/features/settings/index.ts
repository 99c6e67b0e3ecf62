import './text.en.ts'

export { SettingsPage } from './settings-page.tsx'
