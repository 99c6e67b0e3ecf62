import type { HuntKind } from '@watchfloor/contracts/hunts'
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryHelp } from '../../app/query-help.ts'
import { QueryInput } from '../../ui/editor/query-input.tsx'
import { YamlEditor } from '../../ui/editor/yaml-editor.tsx'
import { FilterMenu } from '../../ui/filter-menu.tsx'
import { SegmentedChoice } from '../../ui/segmented-choice.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { checkHunt, useSources } from './data.ts'
import { type Draft, searchOf } from './draft.ts'
import { ListedCard } from './listed-card.tsx'

type Check = Awaited<ReturnType<typeof checkHunt>>

const kinds: readonly HuntKind[] = ['query', 'sigma', 'indicators', 'pattern']
const checkAfterMs = 500

/** What is looked for, in one place for all kinds: the text, and what there is to say about it while it is written. */
export function HuntEditor({
  draft,
  onChange,
  onRun,
  range,
}: {
  draft: Draft
  onChange: (draft: Draft) => void
  onRun: () => void
  range: { from: string; to: string }
}) {
  const { t } = useTranslation('hunts')
  const sources = useSources()
  const check = useCheck(draft)
  const help = useQueryHelp(range)
  const { kind } = draft
  const text = draft.texts[kind]
  const write = (next: string) => onChange({ ...draft, texts: { ...draft.texts, [kind]: next } })
  const lint = useCallback(async () => (await checkNow(draft))?.diagnostics ?? [], [draft])
  return (
    <section aria-label={t('kind.label')} className="flex shrink-0 flex-col gap-2 border-b border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <SegmentedChoice
          label={t('kind.label')}
          value={kind}
          options={kinds.map((each) => ({ value: each, label: t(`kind.${each}`) }))}
          onChange={(next) => onChange({ ...draft, kind: next })}
        />
        <FilterMenu
          label={t('sources')}
          value={[...draft.sourceIds]}
          onChange={(sourceIds) => onChange({ ...draft, sourceIds })}
          options={(sources.data?.items ?? []).map(({ id, name }) => ({ value: id, text: name }))}
        />
        <ErrorLine error={sources.error} />
      </div>
      {draft.listed?.kind === kind ? (
        <ListedCard listed={draft.listed} onDrop={() => onChange({ ...draft, listed: undefined })} />
      ) : kind === 'query' ? (
        <QueryInput
          label={t('editor.query')}
          placeholder={t('editor.queryPlaceholder')}
          value={text}
          onChange={write}
          onSubmit={onRun}
          complete={help.complete}
          check={help.check}
        />
      ) : kind === 'sigma' ? (
        <div className="h-60 max-h-[45vh] min-h-40 resize-y overflow-hidden">
          <YamlEditor label={t('editor.sigma')} value={text} onChange={write} onSave={onRun} check={lint} />
        </div>
      ) : (
        <textarea
          aria-label={t(`editor.${kind}`)}
          placeholder={t(`editor.${kind}Placeholder`)}
          rows={kind === 'indicators' ? 6 : 3}
          spellCheck={false}
          className="field mono h-auto! min-h-20 resize-y py-1.5!"
          value={text}
          onChange={(event) => write(event.target.value)}
        />
      )}
      <Remarks check={check} />
    </section>
  )
}

/** A failure of the check is silent: the run says what is wrong. */
const checkNow = (draft: Draft): Promise<Check | undefined> => {
  const search = searchOf(draft)
  return search ? checkHunt(search).catch(() => undefined) : Promise.resolve(undefined)
}

function useCheck(draft: Draft): Check | undefined {
  const [check, setCheck] = useState<Check>()
  useEffect(() => {
    let current = true
    const timer = setTimeout(() => {
      void checkNow(draft).then((result) => current && setCheck(result))
    }, checkAfterMs)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [draft])
  return check
}

const shownRemarks = 5

function Remarks({ check }: { check: Check | undefined }) {
  const { t } = useTranslation('hunts')
  return (
    <div role="status" className="min-h-5 text-12">
      {check?.valid && check.diagnostics.length === 0 && (
        <p className="flex items-center gap-1.5 text-text-2">
          <CircleCheck size={14} aria-hidden className="text-good" />
          {t('checked', { count: check.parts })}
        </p>
      )}
      {check?.diagnostics.slice(0, shownRemarks).map((one) => (
        <p key={`${one.line}:${one.column}${one.message}`} className="flex items-start gap-1.5">
          {one.level === 'error' ? (
            <CircleX size={14} aria-hidden className="mt-px shrink-0 text-bad" />
          ) : (
            <TriangleAlert size={14} aria-hidden className="mt-px shrink-0 text-warn" />
          )}
          <span>
            <span className="text-text-3">{t('at', { line: one.line, column: one.column })}</span> {one.message}
            {one.remedy && <span className="text-text-2"> {one.remedy}</span>}
          </span>
        </p>
      ))}
    </div>
  )
}
