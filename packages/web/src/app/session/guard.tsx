import { Outlet, useRouter } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { LiveProvider } from '../live/live-provider.tsx'
import { Shell } from '../shell/shell.tsx'
import { TimeAnchor } from '../time.tsx'
import { MeProvider, useMay, useMeQuery } from './me.tsx'

const MustDo = lazy(() => import('../../features/session/must-do.tsx'))

/** Lets only those in who are signed in; the others go to the login page and come back to the same place. */
export function SignedIn() {
  const me = useMeQuery()
  if (me.isPending) return <div className="h-full bg-bg" aria-busy />
  if (me.data === undefined) return <ErrorState error={me.error} onRetry={() => void me.refetch()} />
  if (me.data === null) return <ToLogin />
  return (
    <MeProvider me={me.data}>
      {me.data.mustDo.length > 0 ? (
        <Suspense fallback={null}>
          <MustDo me={me.data} />
        </Suspense>
      ) : (
        <LiveProvider>
          <TimeAnchor>
            <Shell>
              <Outlet />
            </Shell>
          </TimeAnchor>
        </LiveProvider>
      )}
    </MeProvider>
  )
}

/** Leads to the login page once, keeping where somebody was. */
function ToLogin() {
  const router = useRouter()
  useEffect(() => {
    const here = router.state.location.href
    router.history.replace(here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`)
  }, [router])
  return null
}

/** Shows a page to those who may see it, and says to the others what is missing. */
export function Allowed({ permission, children }: { permission: string | null; children: ReactNode }) {
  const { t } = useTranslation('app')
  const may = useMay()
  if (permission !== null && !may(permission))
    return (
      <EmptyState
        icon={<Lock size={22} />}
        title={t('noPermission.title')}
        text={t('noPermission.text', { permission })}
      />
    )
  return children
}
