// biome-ignore-all lint/a11y/noAutofocus: the field is all there is, and what somebody came for
import { Search } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/form.tsx'
import { useLookup } from './data.ts'
import { LookupResult } from './lookup-result.tsx'

/** Asks what is known of one value. */
export function LookupDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('intel')
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState<string>()
  const lookup = useLookup(open ? asked : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(typed.trim())
  }
  return (
    <Dialog open={open} onClose={onClose} title={t('look.title')} description={t('look.text')} width="max-w-xl">
      <form onSubmit={submit} className="mb-3 flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField
            label={t('look.value')}
            required
            autoFocus
            maxLength={4000}
            look="mono"
            value={typed}
            onChange={setTyped}
          />
        </div>
        <Button type="submit" tone="primary" busy={lookup.isFetching} icon={<Search size={14} aria-hidden />}>
          {t('look.run')}
        </Button>
      </form>
      {asked && (
        <div className="panel" aria-live="polite">
          <LookupResult lookup={lookup} />
        </div>
      )}
    </Dialog>
  )
}
