import { Link } from '@tanstack/react-router'
import type { CoverageTechnique } from '@watchfloor/contracts/rules'
import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Facts } from '../../ui/page.tsx'
import type { MatrixCell } from './matrix.ts'

/** One technique with its sub-techniques, and the way to their rules. */
export function TechniquePanel({ cell, days, onClose }: { cell: MatrixCell; days: number; onClose: () => void }) {
  const { t } = useTranslation('coverage')
  return (
    <aside
      aria-label={t('panel.title')}
      className="flex max-h-[50vh] w-full shrink-0 flex-col gap-3 overflow-auto border-line p-4 max-lg:border-t lg:max-h-none lg:w-80 lg:border-l"
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-14 font-semibold">
          {cell.id} {cell.name}
        </h2>
        <IconButton label={t('panel.close')} hint="Esc" icon={<X size={14} />} onClick={onClose} />
      </div>
      <Facts
        items={[
          [t('panel.rules'), formatCount(cell.rules)],
          [t('panel.enabled'), formatCount(cell.enabled)],
          [t('panel.detections', { days }), formatCount(cell.detections)],
          ...(cell.score === undefined ? [] : [[t('panel.score'), String(cell.score)] as const]),
        ]}
      />
      <ul className="divide-y divide-line rounded border border-line">
        <TechniqueRow technique={cell.itself} name={t('panel.itself')} />
        {cell.subs.map((sub) => (
          <TechniqueRow key={sub.id} technique={sub} name={sub.name} />
        ))}
      </ul>
    </aside>
  )
}

function TechniqueRow({ technique, name }: { technique: CoverageTechnique; name: string }) {
  const { id, enabled, rules, detections } = technique
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto_auto] items-baseline gap-x-3 px-2 py-1.5">
      <span className="min-w-0">
        {rules > 0 ? (
          <Link to="/rules" search={{ technique: id }} className="link">
            {name}
          </Link>
        ) : (
          name
        )}{' '}
        <span className="text-12 text-text-3">{id}</span>
      </span>
      <span className="text-text-2 tabular-nums">
        {enabled}/{rules}
      </span>
      <span className="min-w-8 text-right text-text-2 tabular-nums">{formatCount(detections)}</span>
    </li>
  )
}
