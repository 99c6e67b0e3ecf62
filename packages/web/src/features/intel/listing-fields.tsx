import type { IndicatorType } from '@watchfloor/contracts/intel'
import type { Tlp } from '@watchfloor/contracts/kernel'
import { useTranslation } from 'react-i18next'
import { Field, TextField } from '../../ui/form.tsx'
import { indicatorTypes } from './filter.ts'

/** What is said of one indicator or a whole list; numbers as they are typed. */
export interface Listing {
  readonly type: IndicatorType | ''
  readonly source: string
  readonly confidence: string
  readonly tlp: Tlp
  readonly labels: string
  readonly validDays: string
}

export const emptyListing: Listing = { type: '', source: '', confidence: '50', tlp: 'amber', labels: '', validDays: '' }

/** The compiler watches that none is missing. */
const tlpOrder: Record<Tlp, number> = { clear: 0, green: 1, amber: 2, 'amber+strict': 3, red: 4 }
const tlps = (Object.keys(tlpOrder) as Tlp[]).sort((a, b) => tlpOrder[a] - tlpOrder[b])

export function ListingFields({ listing, onChange }: { listing: Listing; onChange: (part: Partial<Listing>) => void }) {
  const { t } = useTranslation('intel')
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <TextField
        label={t('form.source')}
        hint={t('form.sourceHint')}
        required
        maxLength={120}
        value={listing.source}
        onChange={(text) => onChange({ source: text })}
      />
      <Field label={t('form.type')}>
        {(props) => (
          <select
            {...props}
            className="field"
            value={listing.type}
            onChange={(event) => onChange({ type: event.target.value as IndicatorType | '' })}
          >
            <option value="">{t('form.typeAuto')}</option>
            {indicatorTypes.map((type) => (
              <option key={type} value={type}>
                {t(`type.${type}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label={t('form.confidence')}
        hint={t('form.confidenceHint')}
        required
        type="number"
        min={0}
        max={100}
        value={listing.confidence}
        onChange={(text) => onChange({ confidence: text })}
      />
      <Field label={t('form.tlp')}>
        {(props) => (
          <select
            {...props}
            className="field"
            value={listing.tlp}
            onChange={(event) => onChange({ tlp: event.target.value as Tlp })}
          >
            {tlps.map((tlp) => (
              <option key={tlp} value={tlp}>
                TLP:{tlp.toUpperCase()}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label={t('form.labels')}
        hint={t('form.labelsHint')}
        maxLength={500}
        value={listing.labels}
        onChange={(text) => onChange({ labels: text })}
      />
      <TextField
        label={t('form.validDays')}
        hint={t('form.validDaysHint')}
        type="number"
        min={1}
        max={3650}
        value={listing.validDays}
        onChange={(text) => onChange({ validDays: text })}
      />
    </div>
  )
}
