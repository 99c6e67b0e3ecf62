import type { User } from '@watchfloor/contracts/identity'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'

/** Whether somebody can sign in. */
export function UserState({ user }: { user: User }) {
  const { t } = useTranslation('users')
  const locked = user.lockedUntil !== null && Date.parse(user.lockedUntil) > Date.now()
  const state = user.state === 'disabled' ? 'disabled' : locked ? 'locked' : 'active'
  return <Chip tone={state === 'active' ? 'good' : state === 'locked' ? 'warn' : 'plain'}>{t(`state.${state}`)}</Chip>
}
