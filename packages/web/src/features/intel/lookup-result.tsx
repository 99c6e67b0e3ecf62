import type { UseQueryResult } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import type { Lookup } from './data.ts'
import { StateMark } from './listed-columns.tsx'

/** Who lists a value or what covers it, and which warning lists do. `except` is the indicator beside which it stands. */
export function LookupResult({ lookup, except }: { lookup: UseQueryResult<Lookup>; except?: string }) {
  const { t } = useTranslation('intel')
  if (lookup.isError)
    return (
      <div className="p-3">
        <ErrorLine error={lookup.error} />
      </div>
    )
  if (!lookup.data) return <Skeleton className="m-3 h-9" />
  const { value, indicators, warningLists } = lookup.data
  const shown = indicators.filter((one) => one.id !== except)
  return (
    <div className="divide-y divide-line">
      {shown.length === 0 ? (
        except === undefined && <p className="px-3 py-2 text-text-2">{t('look.nobody', { value })}</p>
      ) : (
        <ul className="divide-y divide-line">
          {shown.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
              <span className="mono min-w-0 flex-1 break-all">{one.value}</span>
              <span className="text-text-2">{one.source}</span>
              <span className="tabular-nums">{one.confidence} %</span>
              <StateMark listed={one} />
            </li>
          ))}
        </ul>
      )}
      {warningLists.length === 0 ? (
        <p className="px-3 py-2 text-text-3">{t('look.noWarning')}</p>
      ) : (
        <div className="px-3 py-2">
          <h3 className="label mb-1">{t('look.warning')}</h3>
          <ul className="flex flex-col gap-1">
            {warningLists.map((list) => (
              <li key={list.id} className="flex flex-wrap items-center gap-2">
                <ShieldCheck size={14} aria-hidden className="text-text-3" />
                <span className="min-w-0 flex-1">{list.name}</span>
                <code className="mono text-text-2">{list.entry}</code>
                <Chip>{t(`warning.effect.${list.effect}`)}</Chip>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
