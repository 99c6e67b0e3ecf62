import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { YaraException } from '@watchfloor/contracts/artifacts'
import type { YaraEvidence } from '@watchfloor/contracts/kernel'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'

const scopes = ['both', 'rule', 'file'] as const
type Scope = (typeof scopes)[number]

/** Asks of what no alert shall be made any more, and why. */
export default function YaraSilenceDialog({ evidence, onClose }: { evidence: YaraEvidence; onClose: () => void }) {
  const { t } = useTranslation('alerts')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [scope, setScope] = useState<Scope>('both')
  const [reason, setReason] = useState('')
  const rule = { setId: evidence.ruleSet.id, name: evidence.rule }
  const create = useMutation({
    mutationFn: () =>
      call<YaraException>(
        api.POST('/api/v1/yara/exceptions', {
          body: {
            ...(scope === 'file' ? {} : { rule }),
            ...(scope === 'rule' ? {} : { sha256: evidence.sha256 }),
            reason: reason.trim(),
          },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['yara'] })
      void queries.invalidateQueries({ queryKey: ['artifacts'] })
      toastDone(t('yara.silenced'), { label: t('yara.show'), run: () => void navigate({ to: '/yara' }) })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <Dialog open onClose={onClose} title={t('yara.silenceTitle')} width="max-w-lg">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <p className="text-text-2">{t('yara.silenceText')}</p>
        <fieldset>
          <legend className="label mb-1">{t('yara.silenceOf')}</legend>
          {scopes.map((one) => (
            <label key={one} className="menu-item h-auto py-1.5 has-checked:bg-accent-soft">
              <input
                type="radio"
                name="scope"
                autoFocus={one === scope}
                checked={scope === one}
                onChange={() => setScope(one)}
                className="accent-[var(--accent)]"
              />
              <span className="min-w-0 flex-1 break-words">
                {t(`yara.scope.${one}`, {
                  rule: evidence.rule,
                  set: evidence.ruleSet.name,
                  name: evidence.artifactName,
                })}
              </span>
            </label>
          ))}
        </fieldset>
        <Field label={t('yara.reason')}>
          {(props) => (
            <textarea
              {...props}
              rows={2}
              required
              className="field"
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        {create.isError && <ErrorLine error={create.error} />}
        <div className="flex justify-end">
          <Button type="submit" tone="primary" busy={create.isPending} disabled={reason.trim() === ''}>
            {t('yara.silenceSubmit')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
