import './text.en.ts'

export { SystemPage } from './system-page.tsx'
