import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiKey } from '@watchfloor/contracts/identity'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { useRecentLogin } from '../../app/shell/confirm-login.tsx'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog, useConfirm } from '../../ui/dialog.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { Section } from '../../ui/page.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { type NewKey, NewKeyForm } from './new-key-form.tsx'

/** Keys for scripts; a new one is shown once. */
export function ApiKeysSection() {
  const { t } = useTranslation('account')
  const queries = useQueryClient()
  const guard = useRecentLogin()
  const confirm = useConfirm()
  const [adding, setAdding] = useState(false)
  const keys = useQuery({
    queryKey: ['api-keys'],
    queryFn: ({ signal }) =>
      call<{ items: ApiKey[] }>(api.GET('/api/v1/api-keys', { params: { query: { limit: 200 } }, signal })),
  })
  const onSettled = () => queries.invalidateQueries({ queryKey: ['api-keys'] })
  const create = useMutation({
    mutationFn: (body: NewKey) =>
      guard(() => call<{ apiKey: ApiKey; secret: string }>(api.POST('/api/v1/api-keys', { body }))),
    onSuccess: () => setAdding(false),
    onSettled,
  })
  const revoke = useMutation({
    mutationFn: (apiKeyId: string) =>
      call<unknown>(api.DELETE('/api/v1/api-keys/{apiKeyId}', { params: { path: { apiKeyId } } })),
    onSuccess: () => toastDone(t('keys.revoked')),
    onError: toastError,
    onSettled,
  })
  const askRevoke = async (key: ApiKey) => {
    if (
      await confirm({
        title: `${t('keys.revoke')}: ${key.name}`,
        text: t('keys.revokeText'),
        confirm: t('keys.revoke'),
        tone: 'danger',
      })
    )
      revoke.mutate(key.id)
  }
  return (
    <Section
      title={<span id="api-keys">{t('keys.title')}</span>}
      padded={false}
      actions={
        <Button size="sm" icon={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
          {t('keys.add')}
        </Button>
      }
    >
      <p className="px-3 py-2 text-text-2">{t('keys.text')}</p>
      {keys.isError && <ErrorLine error={keys.error} />}
      {keys.isPending && <Skeleton className="m-3 h-10" />}
      {keys.data?.items.length === 0 && <p className="px-3 pb-3 text-text-3">{t('keys.empty')}</p>}
      <ul aria-label={t('keys.list')} className="divide-y divide-line border-t border-line">
        {keys.data?.items.map((key) => (
          <li key={key.id} className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
            <KeyRound size={16} aria-hidden className="text-text-3" />
            <span className="font-medium">{key.name}</span>
            <code className="mono text-text-3">{key.prefix}</code>
            <span title={key.permissions.join('\n')}>
              <Chip>{t('keys.permissionCount', { count: key.permissions.length })}</Chip>
            </span>
            <span className="text-12 text-text-3">
              {key.lastUsedAt ? (
                <>
                  {t('keys.used')} <RelativeTime at={key.lastUsedAt} />
                </>
              ) : (
                t('keys.neverUsed')
              )}
              {key.expiresAt && key.state === 'active' && (
                <>
                  {' · '}
                  {t('keys.expires')} <RelativeTime at={key.expiresAt} />
                </>
              )}
            </span>
            <span className="ml-auto">
              {key.state === 'active' ? (
                <Button size="sm" onClick={() => void askRevoke(key)}>
                  {t('keys.revoke')}
                </Button>
              ) : (
                <Chip>{t(`keys.state.${key.state}`)}</Chip>
              )}
            </span>
          </li>
        ))}
      </ul>
      <Dialog open={adding} onClose={() => setAdding(false)} title={t('keys.add')} description={t('keys.text')}>
        <NewKeyForm error={create.error} busy={create.isPending} onCreate={(key) => create.mutate(key)} />
      </Dialog>
      <Dialog
        open={create.data !== undefined}
        onClose={create.reset}
        title={t('keys.secretTitle')}
        description={t('keys.secretText')}
      >
        <p className="flex items-center gap-2 rounded bg-surface-2 p-3">
          <code className="mono flex-1 break-all">{create.data?.secret}</code>
          <CopyButton value={create.data?.secret ?? ''} label={t('keys.copySecret')} />
        </p>
        <div className="mt-3 flex justify-end">
          <Button tone="primary" onClick={create.reset}>
            {t('keys.secretDone')}
          </Button>
        </div>
      </Dialog>
    </Section>
  )
}
