import type { Resolution } from '@watchfloor/contracts/alerts'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/form.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { resolutions } from './data.ts'

/** Asks what an alert was before it is closed. Digits choose, Enter closes. */
export function CloseDialog({
  open,
  count,
  onCancel,
  onClose,
}: {
  open: boolean
  count: number
  onCancel: () => void
  onClose: (resolution: Resolution, comment: string | undefined) => void
}) {
  const { t } = useTranslation('alerts')
  const [chosen, setChosen] = useState<Resolution>('benign')
  const [comment, setComment] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onClose(chosen, comment.trim() || undefined)
    setComment('')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLTextAreaElement) {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
      return
    }
    const picked = resolutions[Number(event.key) - 1]
    if (picked) setChosen(picked)
  }
  return (
    <Dialog
      open={open}
      onClose={onCancel}
      title={t('close.title', { count, formatted: formatCount(count) })}
      width="max-w-md"
    >
      <form onSubmit={submit} onKeyDown={onKeyDown} className="flex flex-col gap-3">
        <fieldset>
          <legend className="label mb-1">{t('close.resolution')}</legend>
          {resolutions.map((resolution, index) => (
            <label key={resolution} className="menu-item has-checked:bg-accent-soft">
              <input
                type="radio"
                name="resolution"
                autoFocus={resolution === chosen}
                checked={chosen === resolution}
                onChange={() => setChosen(resolution)}
                className="accent-[var(--accent)]"
              />
              <span className="flex-1">{t(`resolution.${resolution}`)}</span>
              <kbd className="kbd" aria-hidden>
                {index + 1}
              </kbd>
            </label>
          ))}
        </fieldset>
        <Field label={t('close.comment')}>
          {(props) => (
            <textarea
              {...props}
              rows={2}
              className="field"
              maxLength={10_000}
              value={comment}
              onChange={(event) => setComment(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end">
          <Button type="submit" tone="primary" hint="Enter">
            {t('close.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
