import type { RuleSample } from '@watchfloor/contracts/rules'
import { CircleCheck, CircleHelp, CircleX, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../../ui/button.tsx'
import { Field } from '../../ui/form.tsx'
import { prettyRaw } from '../../ui/format/field-value.ts'
import { ScrollPage, Section } from '../../ui/page.tsx'
import { ErrorLine, ErrorState, Skeleton } from '../../ui/states.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { useSampleChanges, useSamples } from './life-data.ts'

type Changes = ReturnType<typeof useSampleChanges>

/** Events kept with the rule, and whether it still does with them what it must. */
export function SamplesTab({ ruleId, mayExcept }: { ruleId: string; mayExcept: boolean }) {
  const { t } = useTranslation('rules')
  const list = useSamples(ruleId)
  const changes = useSampleChanges(ruleId)
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  if (list.isPending) return <Skeleton className="m-4 h-40" />
  const { items } = list.data
  const passed = items.filter((one) => one.outcome?.passed).length
  const failed = items.filter((one) => one.outcome?.passed === false).length
  return (
    <ScrollPage width="max-w-4xl">
      <p className="text-text-2">{t('life.samples.text')}</p>
      <ErrorLine error={changes.run.error} />
      <Section
        title={t('life.tabs.samples')}
        padded={false}
        actions={
          items.length > 0 && (
            <>
              <span role="status" className={failed > 0 ? 'text-bad' : 'text-good'}>
                {t('life.samples.result', { passed, failed })}
              </span>
              <Button busy={changes.run.isPending} onClick={() => changes.run.mutate()}>
                {t('life.samples.run')}
              </Button>
            </>
          )
        }
      >
        {items.length === 0 ? (
          <div className="p-4 text-center">
            <p className="font-medium">{t('life.samples.emptyTitle')}</p>
            <p className="text-text-2">{t('life.samples.emptyText')}</p>
          </div>
        ) : (
          <ul aria-label={t('life.tabs.samples')} className="divide-y divide-line">
            {items.map((one) => (
              <SampleRow key={one.id} sample={one} changes={changes} mayExcept={mayExcept} />
            ))}
          </ul>
        )}
      </Section>
      {mayExcept && <NewSample changes={changes} />}
    </ScrollPage>
  )
}

function SampleRow({ sample, changes, mayExcept }: { sample: RuleSample; changes: Changes; mayExcept: boolean }) {
  const { t } = useTranslation('rules')
  const { outcome } = sample
  const Mark = outcome === null ? CircleHelp : outcome.passed ? CircleCheck : CircleX
  const tone = outcome === null ? 'text-text-3' : outcome.passed ? 'text-good' : 'text-bad'
  const did =
    outcome === null
      ? t('life.samples.never')
      : outcome.matched
        ? t('life.samples.matched')
        : outcome.rightLogSource
          ? t('life.samples.notMatched')
          : t('life.samples.wrongSource')
  return (
    <li className="flex flex-col gap-1 px-3 py-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className={`inline-flex items-center gap-1 font-medium ${tone}`}>
          <Mark size={14} aria-hidden />
          {outcome !== null && t(outcome.passed ? 'life.samples.right' : 'life.samples.wrong')}
        </span>
        <span className="font-medium break-all">{sample.name}</span>
        <span className="text-12 text-text-3">
          {t(`life.samples.${sample.expected}`)} · {did}
        </span>
        {mayExcept && (
          <span className="ml-auto">
            <IconButton
              label={t('life.samples.remove', { name: sample.name })}
              icon={<Trash2 size={14} />}
              onClick={() =>
                changes.remove.mutate(sample.id, {
                  onSuccess: () => toastDone(t('life.samples.removed')),
                  onError: toastError,
                })
              }
            />
          </span>
        )}
      </div>
      <details>
        <summary className="mono cursor-pointer truncate text-12 text-text-3">{sample.event.slice(0, 200)}</summary>
        <pre className="mono mt-1 max-h-80 overflow-auto rounded border border-line bg-bg p-2 whitespace-pre-wrap break-all">
          {prettyRaw(sample.event)}
        </pre>
      </details>
    </li>
  )
}

function NewSample({ changes }: { changes: Changes }) {
  const { t } = useTranslation('rules')
  const [name, setName] = useState('')
  const [event, setEvent] = useState('')
  const [expected, setExpected] = useState<RuleSample['expected']>('match')
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault()
    changes.add.mutate(
      { name, expected, event },
      {
        onSuccess: () => {
          setName('')
          setEvent('')
        },
      },
    )
  }
  return (
    <Section title={t('life.samples.add')}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={changes.add.error} />
        <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_180px]">
          <Field label={t('life.samples.name')}>
            {(props) => (
              <input
                {...props}
                className="field"
                required
                maxLength={200}
                value={name}
                onChange={(change) => setName(change.target.value)}
              />
            )}
          </Field>
          <Field label={t('life.samples.expected')}>
            {(props) => (
              <select
                {...props}
                className="field"
                value={expected}
                onChange={(change) => setExpected(change.target.value === 'match' ? 'match' : 'no-match')}
              >
                <option value="match">{t('life.samples.match')}</option>
                <option value="no-match">{t('life.samples.no-match')}</option>
              </select>
            )}
          </Field>
        </div>
        <Field label={t('life.samples.event')}>
          {(props) => (
            <textarea
              {...props}
              rows={4}
              required
              maxLength={256_000}
              spellCheck={false}
              className="field mono"
              value={event}
              onChange={(change) => setEvent(change.target.value)}
            />
          )}
        </Field>
        <Button type="submit" className="self-end" busy={changes.add.isPending}>
          {t('life.samples.add')}
        </Button>
      </form>
    </Section>
  )
}
