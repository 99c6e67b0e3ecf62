import type { RulePolicy } from '@watchfloor/contracts/rules'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SeverityBadge, severitiesWorstFirst } from '../../ui/severity.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { usePolicy, useSavePolicy } from './data.ts'
import { ruleStatuses } from './filter.ts'

/** Which rules run by themselves. */
export function PolicyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('rules')
  const policy = usePolicy(open)
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('policyDialog.title')}
      description={t('policyDialog.text')}
      width="max-w-md"
    >
      {policy.isError ? (
        <ErrorLine error={policy.error} />
      ) : policy.data ? (
        <PolicyForm policy={policy.data} onDone={onClose} />
      ) : (
        <Skeleton className="h-56" />
      )}
    </Dialog>
  )
}

const toggled = <T,>(list: readonly T[], value: T): T[] =>
  list.includes(value) ? list.filter((each) => each !== value) : [...list, value]

function PolicyForm({ policy, onDone }: { policy: RulePolicy; onDone: () => void }) {
  const { t } = useTranslation('rules')
  const save = useSavePolicy()
  const [draft, setDraft] = useState(policy)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(draft, {
      onSuccess: () => {
        toastDone(t('policyDialog.done'))
        onDone()
      },
    })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <ErrorLine error={save.error} />
      <div className="grid grid-cols-2 gap-4">
        <fieldset>
          <legend className="label mb-1">{t('policyDialog.levels')}</legend>
          {severitiesWorstFirst.map((level) => (
            <label key={level} className="menu-item">
              <input
                type="checkbox"
                checked={draft.levels.includes(level)}
                onChange={() => setDraft({ ...draft, levels: toggled(draft.levels, level) })}
                className="accent-[var(--accent)]"
              />
              <SeverityBadge severity={level} />
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend className="label mb-1">{t('policyDialog.statuses')}</legend>
          {ruleStatuses.map((status) => (
            <label key={status} className="menu-item">
              <input
                type="checkbox"
                checked={draft.statuses.includes(status)}
                onChange={() => setDraft({ ...draft, statuses: toggled(draft.statuses, status) })}
                className="accent-[var(--accent)]"
              />
              {t(`status.${status}`)}
            </label>
          ))}
        </fieldset>
      </div>
      <Button type="submit" tone="primary" busy={save.isPending} className="self-end">
        {t('policyDialog.save')}
      </Button>
    </form>
  )
}
