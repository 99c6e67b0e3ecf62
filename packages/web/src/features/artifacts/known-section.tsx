import type { ArtifactDetail } from '@watchfloor/contracts/artifacts'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { Button } from '../../ui/button.tsx'
import { Field, TextField } from '../../ui/form.tsx'
import { Section } from '../../ui/page.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { useArtifactActions } from './data.ts'
import { labelsOf, maxLabelLength, maxLabels } from './labels.ts'

/** What people know of a file: labels and a note, to be written by those who may. */
export function KnownSection({ artifact }: { artifact: ArtifactDetail }) {
  const { t } = useTranslation('artifacts')
  const may = useMay()
  const before = artifact.labels.join(', ')
  const [labels, setLabels] = useState(before)
  const [note, setNote] = useState(artifact.note)
  const { edit } = useArtifactActions(artifact.id)
  if (!may('artifacts:write'))
    return artifact.note ? (
      <Section title={t('known.title')}>
        <p className="whitespace-pre-line">{artifact.note}</p>
      </Section>
    ) : null
  const wanted = labelsOf(labels)
  const problem =
    wanted.length > maxLabels
      ? t('known.tooMany', { max: maxLabels })
      : wanted.some((label) => label.length > maxLabelLength)
        ? t('known.tooLong', { max: maxLabelLength })
        : undefined
  const isChanged = note !== artifact.note || wanted.join(', ') !== before
  const submit = (event: FormEvent) => {
    event.preventDefault()
    edit.mutate(
      { note, labels: wanted },
      {
        onSuccess: (saved) => {
          setLabels(saved.labels.join(', '))
          toastDone(t('known.saved'))
        },
        onError: toastError,
      },
    )
  }
  return (
    <Section title={t('known.title')}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label={t('facts.labels')}
          hint={t('known.labelsHint')}
          error={problem}
          look="w-full"
          value={labels}
          onChange={setLabels}
        />
        <Field label={t('known.note')}>
          {(props) => (
            <textarea
              {...props}
              className="field w-full"
              rows={3}
              maxLength={5000}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end">
          <Button type="submit" busy={edit.isPending} disabled={!isChanged || problem !== undefined}>
            {t('known.save')}
          </Button>
        </div>
      </form>
    </Section>
  )
}
