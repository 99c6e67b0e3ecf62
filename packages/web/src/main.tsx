import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './app/query-client.ts'
import { router } from './app/router.tsx'
import { appText } from './app/text.en.ts'
import { registerText } from './ui/i18n.ts'
import { KeyboardProvider } from './ui/keyboard/keyboard.tsx'
import { uiText } from './ui/text.en.ts'
import { Toasts } from './ui/toast.tsx'
import './ui/tokens.css'

registerText('ui', uiText)
registerText('app', appText)

const queries = createQueryClient()
const place = document.getElementById('root')
if (!place) throw new Error('index.html has no #root')

createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <KeyboardProvider>
        <RouterProvider router={router} />
        <Toasts />
      </KeyboardProvider>
    </QueryClientProvider>
  </StrictMode>,
)
