import './text.en.ts'

export { SavedHuntsPage } from './saved-page.tsx'
export { WorkbenchPage } from './workbench-page.tsx'
