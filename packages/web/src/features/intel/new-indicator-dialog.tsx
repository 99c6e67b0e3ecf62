// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { useCreateIndicator } from './data.ts'
import { emptyListing, ListingFields } from './listing-fields.tsx'

const dayMs = 86_400_000

/** Adds one indicator. */
export function NewIndicatorDialog({
  open,
  onClose,
  onAdded,
}: {
  open: boolean
  onClose: () => void
  onAdded: (id: string) => void
}) {
  const { t } = useTranslation('intel')
  const create = useCreateIndicator()
  const [value, setValue] = useState('')
  const [listing, setListing] = useState(emptyListing)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { type, source, confidence, tlp, labels, validDays } = listing
    create.mutate(
      {
        value,
        source,
        confidence: Number(confidence),
        tlp,
        labels: labels
          .split(',')
          .map((label) => label.trim())
          .filter(Boolean),
        description: null,
        validFrom: null,
        validUntil: validDays === '' ? null : new Date(Date.now() + Number(validDays) * dayMs).toISOString(),
        ...(type && { type }),
      },
      {
        onSuccess: ({ id }) => {
          setValue('')
          onAdded(id)
        },
      },
    )
  }
  return (
    <Dialog open={open} onClose={onClose} title={t('form.addTitle')} description={t('form.addText')}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={create.error} />
        <TextField
          label={t('form.value')}
          required
          autoFocus
          maxLength={4000}
          look="mono"
          value={value}
          onChange={setValue}
        />
        <ListingFields listing={listing} onChange={(part) => setListing((now) => ({ ...now, ...part }))} />
        <Button type="submit" tone="primary" busy={create.isPending} className="self-end">
          {t('form.save')}
        </Button>
      </form>
    </Dialog>
  )
}
