import type { AlertDetail } from '@watchfloor/contracts/alerts'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { Button } from '../../ui/button.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { Section } from '../../ui/page.tsx'
import { toastDone, toastError } from '../../ui/toast.tsx'
import { useComment } from './data.ts'

type Entry = AlertDetail['activity'][number]

/** What happened to an alert, newest first, and a place to write. */
export function Activity({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation('alerts')
  const may = useMay()
  const entries = [...alert.activity].sort((a, b) => (a.at < b.at ? 1 : -1))
  return (
    <Section title={t('page.activity')} padded={false}>
      {may('alerts:write') && <CommentForm alertId={alert.id} />}
      <ol className="divide-y divide-line">
        {entries.map((entry) => (
          <li key={entry.id} className="px-3 py-2">
            <div className="flex flex-wrap items-baseline gap-x-1.5">
              <span className="font-medium">{entry.by?.name ?? t('page.system')}</span>
              <EntryWords entry={entry} />
              <RelativeTime at={entry.at} className="ml-auto text-12 text-text-3" />
            </div>
            {entry.text && <p className="mt-0.5 break-words whitespace-pre-wrap">{entry.text}</p>}
          </li>
        ))}
      </ol>
    </Section>
  )
}

function EntryWords({ entry }: { entry: Entry }) {
  const { t } = useTranslation('alerts')
  const { t: ui } = useTranslation('ui')
  const word = (value: string | null): string => {
    if (value === null) return t('assignee.none')
    if (entry.kind === 'status' || entry.kind === 'reopened') return t(`status.${value}`, { defaultValue: value })
    return entry.kind === 'severity' ? ui(`severity.${value}`, { defaultValue: value }) : value
  }
  const key = entry.kind === 'assignee' && entry.after === null ? 'unassigned' : entry.kind
  return (
    <span className="text-text-2">
      {t(`activity.${key}`, { before: word(entry.before), after: word(entry.after) })}
    </span>
  )
}

function CommentForm({ alertId }: { alertId: string }) {
  const { t } = useTranslation('alerts')
  const [text, setText] = useState('')
  const comment = useComment(alertId)
  const submit = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    if (text.trim() === '') return
    comment.mutate(text.trim(), {
      onSuccess: () => {
        setText('')
        toastDone(t('done.commented'))
      },
      onError: toastError,
    })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 border-b border-line p-3">
      <textarea
        id="alert-comment"
        aria-label={t('page.comment')}
        placeholder={t('page.commentPlaceholder')}
        rows={2}
        maxLength={10_000}
        className="field"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      <Button
        type="submit"
        size="sm"
        className="self-end"
        busy={comment.isPending}
        disabled={text.trim() === ''}
        hint="mod+Enter"
      >
        {t('page.commentSubmit')}
      </Button>
    </form>
  )
}
