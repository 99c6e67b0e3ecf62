import { Navigate, Outlet, useLocation } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { lazy, type ReactNode, Suspense } from 'react'
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
  const here = useLocation({ select: (location) => location.href })
  if (me.isPending) return <div className="h-full bg-bg" aria-busy />
  if (me.data === undefined) return <ErrorState error={me.error} onRetry={() => void me.refetch()} />
  if (me.data === null) return <Navigate to="/login" search={here === '/' ? {} : { next: here }} replace />
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
