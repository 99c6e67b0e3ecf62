import { Play, Save } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { usePageTime } from '../../app/time.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { PageHeader } from '../../ui/page.tsx'
import { ErrorLine, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { TimeRangePicker } from '../../ui/time-range-picker.tsx'
import { useHunt, useRun, useStartRun } from './data.ts'
import {
  type Draft,
  draftOf,
  emptyDraft,
  huntRangeOf,
  keepDraft,
  lastDraft,
  listedFromUrl,
  searchOf,
  timeRangeOf,
} from './draft.ts'
import { Examples } from './examples.tsx'
import { HuntEditor } from './hunt-editor.tsx'
import { RunView } from './run-view.tsx'
import { SaveDialog } from './save-dialog.tsx'

/** Where hunts are written, run and looked at. The address holds the run that is shown and the saved hunt it came from. */
export function WorkbenchPage() {
  const { t } = useTranslation('hunts')
  const may = useMay()
  const [url, setUrl] = useUrlState()
  const time = usePageTime('7d')
  const [draft, setDraft] = useState<Draft>(lastDraft)
  const [saving, setSaving] = useState(false)
  const run = useRun(url.run)
  const hunt = useHunt(url.hunt)
  const start = useStartRun()
  const search = searchOf(draft)
  const edit = (next: Draft) => {
    keepDraft(next)
    setDraft(next)
  }

  // What an address names is put into the editor once it has come; afterwards the editor is the person's.
  // biome-ignore lint/correctness/useExhaustiveDependencies: by the ids alone
  useEffect(() => {
    if (!hunt.data) return
    edit(draftOf(hunt.data.search, hunt.data.sourceIds))
    time.set(timeRangeOf(hunt.data.range))
  }, [hunt.data?.id])
  // biome-ignore lint/correctness/useExhaustiveDependencies: by the ids alone
  useEffect(() => {
    if (run.data && searchOf(lastDraft()) === undefined) edit(draftOf(run.data.search, run.data.sourceIds))
  }, [run.data?.id])

  // What another page asks to hunt for; afterwards it is in the draft alone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: by the address alone
  useEffect(() => {
    const listed = listedFromUrl(url.kind, url.listed)
    if (!listed) return
    edit({ ...draft, kind: listed.kind, listed })
    setUrl({ kind: undefined, listed: undefined, run: undefined, hunt: undefined }, { replace: true })
  }, [url.listed])

  const begin = () => {
    if (!search || start.isPending) return
    start.mutate(
      {
        search,
        range: huntRangeOf(time.range, time),
        sourceIds: [...draft.sourceIds],
        narrowing: '',
        keep: 'hits',
        alerts: true,
        ...(hunt.data ? { name: hunt.data.name } : {}),
        // Changed meanwhile, it is no run of the saved hunt any more.
        ...(hunt.data && JSON.stringify(hunt.data.search) === JSON.stringify(search) ? { huntId: hunt.data.id } : {}),
      },
      { onSuccess: (made) => setUrl({ run: made.id }) },
    )
  }
  const anew = () => {
    edit({ ...emptyDraft, kind: draft.kind })
    start.reset()
    setUrl({ run: undefined, hunt: undefined })
  }
  const mayRun = may('hunts:run')
  useShortcuts([
    ...(mayRun
      ? [{ keys: 'mod+Enter', label: t('key.run'), group: t('key.group'), run: begin, whileTyping: true }]
      : []),
    { keys: '+', label: t('key.new'), group: t('key.group'), run: anew },
  ])
  return (
    <>
      <PageHeader
        title={t('title')}
        figure={hunt.data && t('fromSaved', { name: hunt.data.name })}
        tabs={<SectionTabs section="hunt" />}
        actions={
          <>
            {(url.run || url.hunt || search) && (
              <Button tone="quiet" onClick={anew} hint="+">
                {t('new')}
              </Button>
            )}
            <TimeRangePicker value={time.range} onChange={time.set} />
            {may('hunts:write') && (
              <Button icon={<Save size={14} aria-hidden />} disabled={!search} onClick={() => setSaving(true)}>
                {hunt.data ? t('save') : t('saveAs')}
              </Button>
            )}
            {mayRun && (
              <Button
                tone="primary"
                icon={<Play size={14} aria-hidden />}
                hint="mod+Enter"
                disabled={!search}
                busy={start.isPending}
                onClick={begin}
              >
                {t('run')}
              </Button>
            )}
          </>
        }
      />
      <div className="flex min-h-0 flex-1 flex-col overflow-auto">
        <HuntEditor draft={draft} onChange={edit} onRun={begin} range={time} />
        {start.error && (
          <div className="px-4 pb-2">
            <ErrorLine error={start.error} />
          </div>
        )}
        {url.run === undefined ? (
          <Examples
            onChoose={(example) =>
              edit({ ...draft, kind: example.kind, texts: { ...draft.texts, [example.kind]: example.text } })
            }
          />
        ) : run.isPending ? (
          <SkeletonRows rows={8} />
        ) : run.isError ? (
          <ErrorState error={run.error} onRetry={() => void run.refetch()} />
        ) : (
          <RunView
            key={run.data.id}
            run={run.data}
            onHuntWith={(yaml) => edit({ ...draft, kind: 'sigma', texts: { ...draft.texts, sigma: yaml } })}
          />
        )}
      </div>
      {search && (
        <SaveDialog
          open={saving}
          onClose={() => setSaving(false)}
          known={hunt.data}
          search={search}
          range={huntRangeOf(time.range, time)}
          sourceIds={draft.sourceIds}
          onSaved={(saved) => {
            setSaving(false)
            setUrl({ hunt: saved.id })
          }}
        />
      )}
    </>
  )
}
