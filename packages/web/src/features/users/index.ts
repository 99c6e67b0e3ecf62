import './text.en.ts'

export { UsersPage } from './users-page.tsx'
