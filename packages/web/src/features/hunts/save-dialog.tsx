import type { Hunt, HuntRange, HuntSearch } from '@watchfloor/contracts/hunts'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Toggle } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { useSaveHunt } from './data.ts'

const schedules = { none: null, hourly: '0 * * * *', daily: '0 6 * * *', weekly: '0 6 * * 1' } as const
type Choice = keyof typeof schedules | 'own'

const choiceOf = (schedule: string | null): Choice =>
  (Object.keys(schedules) as (keyof typeof schedules)[]).find((one) => schedules[one] === schedule) ?? 'own'

interface SaveDialogProps {
  open: boolean
  onClose: () => void
  /** The saved hunt that is changed; without, a new one is made. */
  known: Hunt | undefined
  search: HuntSearch
  range: HuntRange
  sourceIds: readonly string[]
  onSaved: (hunt: Hunt) => void
}

/** Name, words and schedule of a hunt that is to be kept. */
export function SaveDialog(props: SaveDialogProps) {
  const { t } = useTranslation('hunts')
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t('form.title')} description={t('form.text')}>
      <SaveForm {...props} />
    </Dialog>
  )
}

function SaveForm({ known, search, range, sourceIds, onSaved, onClose }: SaveDialogProps) {
  const { t } = useTranslation('hunts')
  const { t: ui } = useTranslation('ui')
  const save = useSaveHunt(known)
  const [name, setName] = useState(known?.name ?? '')
  const [description, setDescription] = useState(known?.description ?? '')
  const [tags, setTags] = useState(known?.tags.join(', ') ?? '')
  const [choice, setChoice] = useState<Choice>(choiceOf(known?.schedule ?? null))
  const [cron, setCron] = useState(known?.schedule ?? '0 6 * * *')
  const [keep, setKeep] = useState(known?.keep === 'detections')
  const [alerts, setAlerts] = useState(known?.alerts ?? true)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(
      {
        name: name.trim(),
        description,
        tags: tags
          .split(',')
          .map((tag) => tag.trim())
          .filter(Boolean),
        search,
        range,
        sourceIds: [...sourceIds],
        narrowing: known?.narrowing ?? '',
        keep: keep ? 'detections' : 'hits',
        alerts,
        schedule: choice === 'own' ? cron : schedules[choice],
      },
      { onSuccess: onSaved },
    )
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label={t('form.name')}>
        {(field) => (
          <input
            {...field}
            className="field"
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('form.description')}>
        {(field) => (
          <textarea
            {...field}
            rows={2}
            className="field h-auto! py-1.5!"
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('form.tags')} hint={t('form.tagsHint')}>
        {(field) => (
          <input {...field} className="field" value={tags} onChange={(event) => setTags(event.target.value)} />
        )}
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('form.schedule')}>
          {(field) => (
            <select
              {...field}
              className="field"
              value={choice}
              onChange={(event) => {
                setChoice(event.target.value as Choice)
                if (event.target.value !== 'none') setKeep(true)
              }}
            >
              {(['none', 'hourly', 'daily', 'weekly', 'own'] as const).map((each) => (
                <option key={each} value={each}>
                  {t(`form.schedules.${each}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {choice === 'own' && (
          <Field label={t('form.cron')} hint={t('form.cronHint')}>
            {(field) => (
              <input {...field} className="field mono" value={cron} onChange={(event) => setCron(event.target.value)} />
            )}
          </Field>
        )}
      </div>
      <div>
        <Toggle label={t('form.keep')} checked={keep} onChange={setKeep} />
        <p className="mt-1 text-12 text-text-3">{t('form.keepHint')}</p>
      </div>
      {keep && <Toggle label={t('form.alerts')} checked={alerts} onChange={setAlerts} />}
      <ErrorLine error={save.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{ui('cancel')}</Button>
        <Button type="submit" tone="primary" busy={save.isPending} disabled={name.trim() === ''}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
