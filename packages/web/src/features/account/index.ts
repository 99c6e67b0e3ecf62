import './text.en.ts'

export { AccountPage } from './account-page.tsx'
