import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Laptop, Terminal } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { Section } from '../../ui/page.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { programName } from './program-name.ts'

interface SessionView {
  readonly id: string
  readonly kind: 'browser' | 'token'
  readonly current: boolean
  readonly ip: string
  readonly userAgent: string
  readonly lastSeenAt: string
}

/** Where one is signed in, and ending it elsewhere. */
export function SessionsSection() {
  const { t } = useTranslation('account')
  const queries = useQueryClient()
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => call<{ items: SessionView[] }>(api.GET('/api/v1/me/sessions', { signal })),
  })
  const onSettled = () => queries.invalidateQueries({ queryKey: ['sessions'] })
  const end = useMutation({
    mutationFn: (sessionId: string) =>
      call<unknown>(api.DELETE('/api/v1/me/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSuccess: () => toastDone(t('sessions.ended', { count: 1 })),
    onError: toastError,
    onSettled,
  })
  const endOthers = useMutation({
    mutationFn: () => call<{ revoked: number }>(api.DELETE('/api/v1/me/sessions')),
    onSuccess: ({ revoked }) => toastDone(t('sessions.ended', { count: revoked })),
    onError: toastError,
    onSettled,
  })
  const items = sessions.data?.items ?? []
  return (
    <Section
      title={t('sessions.title')}
      padded={false}
      actions={
        items.length > 1 && (
          <Button size="sm" busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t('sessions.endOthers')}
          </Button>
        )
      }
    >
      {sessions.isError && <ErrorLine error={sessions.error} />}
      {sessions.isPending && <Skeleton className="m-3 h-10" />}
      <ul aria-label={t('sessions.list')} className="divide-y divide-line">
        {items.map((session) => (
          <li key={session.id} className="flex min-h-11 flex-wrap items-center gap-x-3 px-3 py-1.5">
            {session.kind === 'browser' ? (
              <Laptop size={16} aria-hidden className="text-text-3" />
            ) : (
              <Terminal size={16} aria-hidden className="text-text-3" />
            )}
            <span title={session.userAgent}>
              {programName(session.userAgent) ?? t(`sessions.kind.${session.kind}`)}
            </span>
            <span className="mono text-text-2">{session.ip}</span>
            <span className="text-12 text-text-3">
              {t('sessions.lastSeen')} <RelativeTime at={session.lastSeenAt} />
            </span>
            <span className="ml-auto">
              {session.current ? (
                <Chip tone="good">{t('sessions.current')}</Chip>
              ) : (
                <Button size="sm" onClick={() => end.mutate(session.id)}>
                  {t('sessions.end')}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
