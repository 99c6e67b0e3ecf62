import { Link } from '@tanstack/react-router'
import type { Diagnostic } from '@watchfloor/contracts/rules'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { ErrorLine } from '../../ui/states.tsx'
import { type ImportRun, importCounts } from './use-import.ts'

const tones = { error: 'bad', warning: 'warn', hint: 'accent' } as const

/** How an import goes, and everything it had to say. */
export function ImportProgress({ run, onStop, onAgain }: { run: ImportRun; onStop: () => void; onAgain: () => void }) {
  const { t } = useTranslation('rules')
  const [levels, setLevels] = useState<string[]>([])
  const rows = useMemo(
    () =>
      run.diagnostics
        .map((diagnostic, index) => ({ ...diagnostic, key: String(index) }))
        .filter((each) => levels.length === 0 || levels.includes(each.level)),
    [run.diagnostics, levels],
  )
  const columns: Column<Diagnostic & { key: string }>[] = [
    {
      id: 'level',
      header: t('importPage.column.level'),
      track: '76px',
      cell: (each) => <Chip tone={tones[each.level]}>{t(`importPage.level.${each.level}`)}</Chip>,
    },
    {
      id: 'message',
      header: t('importPage.column.message'),
      track: 'minmax(0, 2fr)',
      cell: (each) => (
        <span title={[each.message, each.remedy].filter(Boolean).join(' – ')}>
          {each.message} <span className="text-text-2">{each.remedy}</span>
        </span>
      ),
    },
    {
      id: 'file',
      header: t('importPage.column.file'),
      track: 'minmax(0, 1.4fr)',
      from: 'tablet',
      cell: (each) => (
        <span className="mono" title={each.file}>
          {each.file}:{each.line}:{each.column}
        </span>
      ),
    },
  ]
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex shrink-0 flex-col gap-3 border-b border-line p-4">
        <div className="flex flex-wrap items-center gap-3">
          <progress
            aria-label={t('importPage.title')}
            max={run.totalFiles}
            value={run.doneFiles}
            className="h-1.5 min-w-40 flex-1 overflow-hidden rounded-full accent-[var(--accent)]"
          />
          <span role="status">
            {t('importPage.progress', { done: formatCount(run.doneFiles), total: formatCount(run.totalFiles) })}
          </span>
          {run.state === 'running' ? (
            <Button onClick={onStop}>{t('importPage.stop')}</Button>
          ) : (
            <>
              <Button onClick={onAgain}>{t('importPage.again')}</Button>
              <Link to="/rules" className="link">
                {t('importPage.toRules')}
              </Link>
            </>
          )}
        </div>
        <ErrorLine error={run.error} />
        <dl className="flex flex-wrap gap-x-6 gap-y-1">
          {importCounts.map((name) => (
            <div key={name} className="flex items-baseline gap-1.5">
              <dt className="text-text-2">{t(`importPage.result.${name}`)}</dt>
              <dd className="text-16 font-semibold">{formatCount(run.totals[name])}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div className="flex shrink-0 items-center gap-2 px-4 py-2">
        <h2 className="font-semibold">{t('importPage.diagnostics')}</h2>
        <span className="text-text-3">{formatCount(rows.length)}</span>
        <FilterMenu
          label={t('importPage.filterLevel')}
          value={levels}
          onChange={setLevels}
          options={(['error', 'warning', 'hint'] as const).map((level) => ({
            value: level,
            text: t(`importPage.level.${level}`),
          }))}
        />
      </div>
      {rows.length === 0 ? (
        <p className="px-4 text-text-2">{t('importPage.diagnosticsNone')}</p>
      ) : (
        <DataTable label={t('importPage.diagnostics')} rows={rows} rowId={(each) => each.key} columns={columns} />
      )}
    </div>
  )
}
