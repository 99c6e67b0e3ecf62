import './text.en.ts'

export { CoveragePage } from './coverage-page.tsx'
