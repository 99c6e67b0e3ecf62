import type { User } from '@watchfloor/contracts/identity'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay, useMe } from '../../app/session/me.tsx'
import { Button } from '../../ui/button.tsx'
import { type ConfirmOptions, useConfirm } from '../../ui/dialog.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { TextField } from '../../ui/form.tsx'
import { Facts, Section } from '../../ui/page.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import type { UserActions } from './data.ts'
import { RoleBoxes } from './role-boxes.tsx'
import { UserState } from './user-state.tsx'

/** One person: account, access, and what helps or stops them. */
export function UserPanel({
  user,
  actions,
  onPassword,
  onGone,
}: {
  user: User
  actions: UserActions
  onPassword: (password: string) => void
  onGone: () => void
}) {
  const { t } = useTranslation('users')
  const me = useMe()
  const mayWrite = useMay()('users:write')
  return (
    <div className="flex flex-col gap-4 p-4">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-16 font-semibold">{user.displayName}</h2>
          <p className="truncate text-text-2">{user.email}</p>
        </div>
        <UserState user={user} />
      </div>
      <Facts
        items={[
          [t('panel.created'), <RelativeTime key="c" at={user.createdAt} />],
          [t('panel.lastLogin'), <RelativeTime key="l" at={user.lastLoginAt} />],
          [t('column.secondFactor'), t(`secondFactor.${user.secondFactor}`)],
        ]}
      />
      {user.mustChangePassword && <p className="text-text-2">{t('panel.mustChange')}</p>}
      {user.id === me.id && <p className="text-text-2">{t('panel.self')}</p>}
      {mayWrite && (
        <>
          <AccountForm key={`${user.id}${user.version}`} user={user} actions={actions} />
          <HelpAndStop user={user} self={user.id === me.id} actions={actions} onPassword={onPassword} onGone={onGone} />
        </>
      )}
    </div>
  )
}

function AccountForm({ user, actions }: { user: User; actions: UserActions }) {
  const { t } = useTranslation('users')
  const [draft, setDraft] = useState({ displayName: user.displayName, email: user.email, roles: user.roles })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    actions.change.mutate(
      { id: user.id, change: { ...draft, expectedVersion: user.version } },
      { onSuccess: () => toastDone(t('done.saved')) },
    )
  }
  const changed =
    draft.displayName !== user.displayName || draft.email !== user.email || draft.roles.join() !== user.roles.join()
  return (
    <Section title={t('panel.account')}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={actions.change.error} />
        <TextField
          label={t('form.displayName')}
          required
          maxLength={120}
          value={draft.displayName}
          onChange={(text) => setDraft({ ...draft, displayName: text })}
        />
        <TextField
          label={t('form.email')}
          required
          type="email"
          value={draft.email}
          onChange={(text) => setDraft({ ...draft, email: text })}
        />
        <RoleBoxes value={draft.roles} onChange={(next) => setDraft({ ...draft, roles: next })} />
        <Button
          type="submit"
          tone="primary"
          disabled={!changed || draft.roles.length === 0}
          busy={actions.change.isPending}
          className="self-end"
        >
          {t('form.save')}
        </Button>
      </form>
    </Section>
  )
}

function HelpAndStop({
  user,
  self,
  actions,
  onPassword,
  onGone,
}: {
  user: User
  self: boolean
  actions: UserActions
  onPassword: (password: string) => void
  onGone: () => void
}) {
  const { t } = useTranslation('users')
  const confirm = useConfirm()
  const locked = user.lockedUntil !== null && Date.parse(user.lockedUntil) > Date.now()
  const ask = async (name: string, act: () => Promise<unknown>, done: string, more: Partial<ConfirmOptions> = {}) => {
    if (
      !(await confirm({
        title: t(`panel.${name}`),
        text: t(`panel.${name}Text`),
        confirm: t(`panel.${name}`),
        ...more,
      }))
    )
      return
    try {
      await act()
      if (done) toastDone(t(`done.${done}`))
    } catch (error) {
      toastError(error)
    }
  }
  const danger = { tone: 'danger' } as const
  return (
    <Section title={t('panel.actions')}>
      <div className="flex flex-wrap gap-2">
        {locked && (
          <Button
            onClick={() =>
              actions.unlock.mutate(user.id, { onSuccess: () => toastDone(t('done.unlocked')), onError: toastError })
            }
          >
            {t('panel.unlock')}
          </Button>
        )}
        <Button
          disabled={self}
          onClick={() =>
            void ask(
              'resetPassword',
              async () => {
                const { temporaryPassword } = await actions.resetPassword.mutateAsync(user.id)
                if (temporaryPassword) onPassword(temporaryPassword)
              },
              '',
            )
          }
        >
          {t('panel.resetPassword')}
        </Button>
        {user.secondFactor && (
          <Button
            disabled={self}
            onClick={() => void ask('resetFactor', () => actions.removeFactor.mutateAsync(user.id), 'factorRemoved')}
          >
            {t('panel.resetFactor')}
          </Button>
        )}
        <Button onClick={() => void ask('signOut', () => actions.signOut.mutateAsync(user.id), 'signedOut')}>
          {t('panel.signOut')}
        </Button>
        {user.state === 'active' ? (
          <Button
            disabled={self}
            onClick={() =>
              void ask(
                'disable',
                () =>
                  actions.change.mutateAsync({
                    id: user.id,
                    change: { state: 'disabled', expectedVersion: user.version },
                  }),
                'disabled',
                danger,
              )
            }
          >
            {t('panel.disable')}
          </Button>
        ) : (
          <Button
            onClick={() =>
              actions.change.mutate(
                { id: user.id, change: { state: 'active', expectedVersion: user.version } },
                { onSuccess: () => toastDone(t('done.enabled')), onError: toastError },
              )
            }
          >
            {t('panel.enable')}
          </Button>
        )}
        <Button
          disabled={self}
          className="text-bad!"
          onClick={() =>
            void ask('delete', () => actions.remove.mutateAsync(user.id).then(onGone), 'deleted', {
              ...danger,
              typeToConfirm: user.email,
            })
          }
        >
          {t('panel.delete')}
        </Button>
      </div>
    </Section>
  )
}
