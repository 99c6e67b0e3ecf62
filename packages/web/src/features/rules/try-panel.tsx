import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { Section } from '../../ui/page.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { type TryResult, useTryRule } from './data.ts'
import { maxEvents, readSampleEvents } from './sample-events.ts'

/** Runs the rule as it stands in the editor on pasted events. */
export function TryPanel({ yaml }: { yaml: string }) {
  const { t } = useTranslation('rules')
  const [text, setText] = useState('')
  const attempt = useTryRule()
  const sample = readSampleEvents(text)
  const run = () => sample.events.length > 0 && attempt.mutate({ yaml, events: sample.events })
  useShortcuts([{ keys: 'mod+Enter', label: t('try.run'), group: t('key.group'), run, whileTyping: true }])
  return (
    <Section title={t('try.title')}>
      <div className="flex flex-col gap-2">
        <p className="text-text-2">{t('try.text')}</p>
        <textarea
          aria-label={t('try.input')}
          rows={6}
          spellCheck={false}
          className="field mono"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {sample.cut && <p className="text-12 text-warn">{t('try.tooMany', { count: maxEvents })}</p>}
        <Button
          className="self-start"
          onClick={run}
          busy={attempt.isPending}
          disabled={sample.events.length === 0}
          hint="mod+Enter"
        >
          {t('try.run')}
        </Button>
        <ErrorLine error={attempt.error} />
        {attempt.data && <Results result={attempt.data} />}
      </div>
    </Section>
  )
}

const shownResults = 100

function Results({ result }: { result: TryResult }) {
  const { t } = useTranslation('rules')
  const matched = result.results.filter((each) => each.matched)
  return (
    <div role="status" className="flex flex-col gap-1">
      <p className="font-medium">{t('try.result', { matched: matched.length, total: result.results.length })}</p>
      <ul className="divide-y divide-line rounded border border-line">
        {result.results.slice(0, shownResults).map((each) => (
          <li key={each.index} className="px-2 py-1.5">
            <div className="flex flex-wrap items-center gap-2">
              {each.matched ? (
                <CircleCheck size={14} aria-hidden className="text-good" />
              ) : (
                <CircleX size={14} aria-hidden className="text-text-3" />
              )}
              <span>{t('try.event', { index: each.index + 1 })}</span>
              <span className={each.matched ? 'font-medium text-good' : 'text-text-2'}>
                {each.matched ? t('try.matched') : t('try.notMatched')}
              </span>
              <span className="text-12 text-text-3">{t('try.parser', { parser: each.parser })}</span>
              {!each.rightLogSource && (
                <span className="inline-flex items-center gap-1 text-12 text-warn">
                  <TriangleAlert size={12} aria-hidden />
                  {t('try.wrongSource')}
                </span>
              )}
            </div>
            {each.hits.map((hit) => (
              <div key={`${hit.selection}${hit.predicate}`} className="mono mt-0.5 pl-5 break-all">
                <span className="text-text-3">{hit.selection}</span> {hit.predicate}{' '}
                <mark>{hit.value.slice(0, 500)}</mark>
              </div>
            ))}
          </li>
        ))}
      </ul>
    </div>
  )
}
