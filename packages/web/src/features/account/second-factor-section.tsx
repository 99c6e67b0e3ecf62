import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { useMe } from '../../app/session/me.tsx'
import { RecoveryCodes, SecondFactorSetup } from '../../app/session/second-factor.tsx'
import { useRecentLogin } from '../../app/shell/confirm-login.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, useConfirm } from '../../ui/dialog.tsx'
import { Section } from '../../ui/page.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'

/** The authenticator: set up, take off, new recovery codes. */
export function SecondFactorSection() {
  const { t } = useTranslation('account')
  const me = useMe()
  const queries = useQueryClient()
  const guard = useRecentLogin()
  const confirm = useConfirm()
  const [dialog, setDialog] = useState<'set-up' | 'codes' | null>(null)
  const reload = () => queries.refetchQueries({ queryKey: ['me'] })
  const remove = useMutation({
    mutationFn: () => guard(() => call<unknown>(api.POST('/api/v1/me/totp/disable', { body: {} }))),
    onSuccess: async () => {
      await reload()
      toastDone(t('factor.removed'))
    },
    onError: toastError,
  })
  const codes = useMutation({
    mutationFn: () =>
      guard(() => call<{ recoveryCodes: string[] }>(api.POST('/api/v1/me/recovery-codes', { body: {} }))),
    onSuccess: () => setDialog('codes'),
    onError: toastError,
  })
  const on = me.user?.secondFactor ?? false
  const askRemove = async () => {
    if (
      await confirm({
        title: t('factor.title'),
        text: t('factor.removeText'),
        confirm: t('factor.remove'),
        tone: 'danger',
      })
    )
      remove.mutate()
  }
  return (
    <Section title={t('factor.title')}>
      <p className="max-w-xl text-text-2">{on ? t('factor.on') : t('factor.off')}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {on ? (
          <>
            <Button busy={codes.isPending} onClick={() => codes.mutate()}>
              {t('factor.newCodes')}
            </Button>
            <Button busy={remove.isPending} onClick={() => void askRemove()}>
              {t('factor.remove')}
            </Button>
          </>
        ) : (
          <Button tone="primary" onClick={() => setDialog('set-up')}>
            {t('factor.setUp')}
          </Button>
        )}
      </div>
      <Dialog open={dialog === 'set-up'} onClose={() => setDialog(null)} title={t('factor.setUp')} width="max-w-sm">
        <SecondFactorSetup
          guard={guard}
          onDone={() => {
            setDialog(null)
            toastDone(t('factor.done'))
            void reload()
          }}
        />
      </Dialog>
      <Dialog open={dialog === 'codes'} onClose={() => setDialog(null)} title={t('factor.codesTitle')} width="max-w-sm">
        <RecoveryCodes codes={codes.data?.recoveryCodes ?? []} onDone={() => setDialog(null)} />
      </Dialog>
    </Section>
  )
}
