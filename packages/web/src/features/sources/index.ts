import './text.en.ts'

export { DeadLettersPage } from './dead-letters-page.tsx'
export { SourcesPage } from './sources-page.tsx'
