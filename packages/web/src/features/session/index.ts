import './text.en.ts'

export { LoginPage } from './login-page.tsx'
export { SetupPage } from './setup-page.tsx'
