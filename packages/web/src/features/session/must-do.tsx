import { useQueryClient } from '@tanstack/react-query'
import type { Me } from '@watchfloor/contracts/identity'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { PasswordForm } from '../../app/session/password-form.tsx'
import { SecondFactorSetup } from '../../app/session/second-factor.tsx'
import { Button } from '../../ui/button.tsx'
import { Gate } from './gate.tsx'
import './text.en.ts'

const unguarded = <T,>(act: () => Promise<T>): Promise<T> => act()

/** What has to happen before anything else is allowed. */
export default function MustDo({ me }: { me: Me }) {
  const { t } = useTranslation('session')
  const queries = useQueryClient()
  const again = () => void queries.refetchQueries({ queryKey: ['me'] })
  const signOut = () => void call(api.DELETE('/api/v1/session')).finally(() => queries.setQueryData(['me'], null))
  const password = me.mustDo.includes('change-password')
  return (
    <Gate
      title={password ? t('mustDo.passwordTitle') : t('mustDo.factorTitle')}
      text={password ? t('mustDo.passwordText') : t('mustDo.factorText')}
    >
      {password ? <PasswordForm onDone={again} /> : <SecondFactorSetup guard={unguarded} onDone={again} />}
      <Button tone="quiet" className="mt-3 w-full" onClick={signOut}>
        {t('mustDo.signOut')}
      </Button>
    </Gate>
  )
}
