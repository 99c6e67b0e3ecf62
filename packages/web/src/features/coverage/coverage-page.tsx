import { Download, FileUp, Grid3x3, Trash2 } from 'lucide-react'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { type UrlState, useUrlState } from '../../app/url-state.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { FilterBar, PageHeader } from '../../ui/page.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { type CoverageAsk, downloadLayer, useCoverage, useLayerChanges, useLayers, useProducts } from './data.ts'
import { type MatrixColumn, matrixOf, type Show, shows } from './matrix.ts'
import { MatrixView } from './matrix-view.tsx'
import { TechniquePanel } from './technique-panel.tsx'

const spans = [7, 30, 90] as const

interface AskedFor extends CoverageAsk {
  readonly show: Show
  readonly text: string
  readonly layerId: string | undefined
}

const askedFor = (url: UrlState): AskedFor => ({
  days: spans.find((span) => String(span) === url.days) ?? 30,
  ...(url.product && { product: url.product }),
  show: shows.find((show) => show === url.show) ?? 'all',
  text: url.q ?? '',
  layerId: url.layer,
})

/** What of ATT&CK the rules cover. */
export function CoveragePage() {
  const { t } = useTranslation('coverage')
  const [url, setUrl] = useUrlState()
  const asked = useMemo(() => askedFor(url), [url])
  const { days, product } = asked
  const ask: CoverageAsk = product ? { days, product } : { days }
  const coverage = useCoverage(ask)
  const layers = useLayers()
  const layer = layers.data?.items.find((one) => one.id === asked.layerId)
  const columns = useMemo(
    () => (coverage.data ? matrixOf(coverage.data, { text: asked.text, show: asked.show, scores: layer?.scores }) : []),
    [coverage.data, asked, layer],
  )
  const chosen = columns.flatMap((column) => column.cells).find((cell) => cell.id === url.technique)
  const close = () => setUrl({ technique: undefined }, { replace: true })
  useShortcuts(chosen ? [{ keys: 'Escape', label: t('panel.close'), group: t('title'), run: close }] : [])
  const withRule = coverage.data?.techniques.filter((one) => one.enabled > 0).length ?? 0
  return (
    <>
      <PageHeader
        title={t('title')}
        figure={
          coverage.data &&
          t('figure', { covered: formatCount(withRule), total: formatCount(coverage.data.techniques.length) })
        }
        tabs={<SectionTabs section="detection" />}
        actions={<LayerActions ask={ask} onAdded={(id) => setUrl({ layer: id })} />}
      />
      <CoverageFilters asked={asked} setUrl={setUrl} />
      {coverage.isError && !coverage.data ? (
        <ErrorState error={coverage.error} onRetry={() => void coverage.refetch()} />
      ) : !coverage.data ? (
        <Skeleton className="m-4 flex-1" />
      ) : (
        <>
          <Body columns={columns} onClear={() => setUrl({ q: undefined, show: undefined })}>
            <MatrixView
              columns={columns}
              chosen={chosen?.id}
              onChoose={(id) => setUrl({ technique: id }, { replace: true })}
            />
            {chosen && <TechniquePanel cell={chosen} days={days} onClose={close} />}
          </Body>
          {coverage.data.unknown.length > 0 && (
            <p className="border-t border-line px-4 py-1.5 text-12 text-text-3">
              {t('unknown', {
                count: coverage.data.unknown.length,
                ids: coverage.data.unknown
                  .slice(0, 12)
                  .map((one) => one.id)
                  .join(', '),
              })}
            </p>
          )}
        </>
      )}
    </>
  )
}

function Body({
  columns,
  onClear,
  children,
}: {
  columns: readonly MatrixColumn[]
  onClear: () => void
  children: React.ReactNode
}) {
  const { t } = useTranslation('coverage')
  if (columns.every((column) => column.cells.length === 0))
    return (
      <EmptyState
        icon={<Grid3x3 size={22} />}
        title={t('none')}
        action={
          <button type="button" className="link" onClick={onClear}>
            {t('clear')}
          </button>
        }
      />
    )
  return <div className="flex min-h-0 flex-1 max-lg:flex-col">{children}</div>
}

function CoverageFilters({ asked, setUrl }: { asked: AskedFor; setUrl: (patch: UrlState) => void }) {
  const { t } = useTranslation('coverage')
  const products = Object.entries(useProducts().data?.byProduct ?? {})
    .filter(([name]) => name !== '')
    .sort((a, b) => b[1] - a[1])
  const layers = useLayers().data?.items ?? []
  const { remove } = useLayerChanges()
  const mayWrite = useMay()('rules:write')
  const layer = layers.find((one) => one.id === asked.layerId)
  return (
    <FilterBar label={t('filters')}>
      <SearchField label={t('search')} value={asked.text} onChange={(q) => setUrl({ q: q || undefined })} />
      <Choice
        label={t('show')}
        value={asked.show}
        options={shows
          .filter((show) => show !== 'layer' || layer !== undefined)
          .map((show) => [show, t(`shows.${show}`)] as const)}
        onChange={(show) => setUrl({ show: show === 'all' ? undefined : show })}
      />
      <Choice
        label={t('product')}
        value={asked.product ?? ''}
        options={[['', t('productAll')] as const, ...products.map(([name]) => [name, name] as const)]}
        onChange={(product) => setUrl({ product: product || undefined })}
      />
      <Choice
        label={t('days')}
        value={String(asked.days)}
        options={spans.map((days) => [String(days), t('daysOption', { days })] as const)}
        onChange={(days) => setUrl({ days: days === '30' ? undefined : days })}
      />
      {layers.length > 0 && (
        <Choice
          label={t('layer')}
          value={layer?.id ?? ''}
          options={[['', t('layerNone')] as const, ...layers.map((one) => [one.id, one.name] as const)]}
          onChange={(id) => setUrl({ layer: id || undefined })}
        />
      )}
      {layer && mayWrite && (
        <IconButton
          label={t('layerRemove')}
          icon={<Trash2 size={14} />}
          onClick={() =>
            remove.mutate(layer.id, {
              onSuccess: () => {
                setUrl({ layer: undefined, show: undefined })
                toastDone(t('layerRemoved'))
              },
              onError: toastError,
            })
          }
        />
      )}
    </FilterBar>
  )
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: string
  options: readonly (readonly [string, string])[]
  onChange: (value: string) => void
}) {
  return (
    <label className="flex items-center gap-1.5">
      <span className="text-12 text-text-3">{label}</span>
      <select className="field w-auto! max-w-44" value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function LayerActions({ ask, onAdded }: { ask: CoverageAsk; onAdded: (layerId: string) => void }) {
  const { t } = useTranslation('coverage')
  const mayWrite = useMay()('rules:write')
  const { add } = useLayerChanges()
  const input = useRef<HTMLInputElement>(null)
  const take = async (file: File) => {
    let layer: unknown
    try {
      layer = JSON.parse(await file.text())
    } catch {
      toastError(new Error(t('layerBad')))
      return
    }
    add.mutate(layer, {
      onSuccess: ({ id, name }) => {
        toastDone(t('layerImported', { name }))
        onAdded(id)
      },
      onError: toastError,
    })
  }
  return (
    <>
      {mayWrite && (
        <>
          <input
            ref={input}
            type="file"
            accept=".json,application/json"
            aria-label={t('layerImport')}
            className="hidden"
            onChange={(event) => {
              const file = event.target.files?.[0]
              if (file) void take(file)
              event.target.value = ''
            }}
          />
          <Button icon={<FileUp size={14} aria-hidden />} busy={add.isPending} onClick={() => input.current?.click()}>
            {t('layerImport')}
          </Button>
        </>
      )}
      <Button
        icon={<Download size={14} aria-hidden />}
        onClick={() =>
          void downloadLayer(ask).then(
            () => toastDone(t('exported')),
            (error: unknown) => toastError(error),
          )
        }
      >
        {t('export')}
      </Button>
    </>
  )
}
