import { useQueryClient } from '@tanstack/react-query'
import type { IndicatorImportResult } from '@watchfloor/contracts/intel'
import { Upload } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/form.tsx'
import { formatBytes, formatCount } from '../../ui/format/number.ts'
import { ErrorLine } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { type ImportSettings, sendLines } from './data.ts'
import { ImportPreview, ProblemList } from './import-preview.tsx'
import { type ImportProgress, importList, nothingYet } from './import-run.ts'
import { emptyListing, type Listing, ListingFields } from './listing-fields.tsx'

const previewBytes = 64 * 1024
const previewAfterMs = 400

const settingsOf = ({ type, source, confidence, tlp, labels, validDays }: Listing): ImportSettings => ({
  source: source.trim() || 'preview',
  confidence: Number(confidence),
  tlp,
  ...(type && { type }),
  ...(labels.trim() && { labels }),
  ...(validDays && { validDays: Number(validDays) }),
})

/** Takes a list that is pasted or chosen, shows what would be read of it, and imports it with progress. */
export function ImportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('intel')
  const queries = useQueryClient()
  const [pasted, setPasted] = useState('')
  const [file, setFile] = useState<File>()
  const [listing, setListing] = useState<Listing>(emptyListing)
  const [progress, setProgress] = useState<ImportProgress>()
  const [error, setError] = useState<unknown>()
  const stopping = useRef<AbortController>(undefined)
  const preview = usePreview(open ? (file ?? (pasted.trim() ? new Blob([pasted]) : undefined)) : undefined, listing)
  const lines = pasted.split('\n').filter((line) => line.trim() !== '').length
  const running = stopping.current !== undefined

  const finish = (done: ImportProgress) => {
    const figures = {
      added: formatCount(done.added),
      updated: formatCount(done.updated),
      refused: formatCount(done.refused),
    }
    toastDone(t('importing.done', figures))
    if (done.refused > 0) return
    setPasted('')
    setFile(undefined)
    setProgress(undefined)
    onClose()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const stop = new AbortController()
    stopping.current = stop
    setError(undefined)
    setProgress(nothingYet)
    try {
      const done = await importList(
        file ?? new Blob([pasted]),
        (text, firstLine) => sendLines({ ...settingsOf(listing), firstLine, preview: 'false' }, text, stop.signal),
        setProgress,
      )
      stopping.current = undefined
      finish(done)
    } catch (failure) {
      if (!stop.signal.aborted) setError(failure)
    } finally {
      stopping.current = undefined
      setProgress((now) => now && { ...now })
      await queries.invalidateQueries({ queryKey: ['indicators'] })
    }
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('importing.title')}
      description={t('importing.text')}
      width="max-w-2xl"
    >
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        <ErrorLine error={error} />
        <Field label={t('importing.paste')}>
          {(props) => (
            <textarea
              {...props}
              rows={5}
              disabled={file !== undefined}
              className="field mono min-h-24 resize-y py-1.5"
              placeholder={t('importing.pastePlaceholder')}
              value={pasted}
              onChange={(event) => setPasted(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('importing.orFile')}>
          {(props) => (
            <input
              {...props}
              type="file"
              accept=".txt,.csv,.tsv,.json,.jsonl,.ndjson,.ioc,.list,text/plain"
              className="w-full text-text-2"
              onChange={(event) => {
                const chosen = event.target.files?.[0]
                setFile(chosen)
                if (chosen && listing.source === '') setListing((now) => ({ ...now, source: chosen.name }))
              }}
            />
          )}
        </Field>
        <ListingFields listing={listing} onChange={(part) => setListing((now) => ({ ...now, ...part }))} />
        {progress === undefined && <ImportPreview preview={preview} partOf={file && file.size > previewBytes} />}
        {progress && (
          <div role="status" className="flex flex-col gap-1">
            <progress className="h-1.5 w-full accent-accent" max={100} value={progress.percent} />
            <p className="text-text-2">
              {t('importing.running', { percent: progress.percent, formatted: formatCount(progress.read) })}
            </p>
            <ProblemList problems={progress.problems} />
          </div>
        )}
        <div className="flex justify-end gap-2">
          {running && <Button onClick={() => stopping.current?.abort()}>{t('importing.stop')}</Button>}
          <Button
            type="submit"
            tone="primary"
            busy={running}
            disabled={file === undefined && lines === 0}
            icon={<Upload size={14} aria-hidden />}
          >
            {file
              ? t('importing.startFile', { name: file.name, size: formatBytes(file.size) })
              : t('importing.start', { count: lines, formatted: formatCount(lines) })}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export interface Preview {
  readonly result: IndicatorImportResult | undefined
  readonly error: unknown
  readonly isReading: boolean
}

/** What the server would read of the beginning of a list; asked anew a moment after the last change. */
function usePreview(list: Blob | undefined, listing: Listing): Preview {
  const [preview, setPreview] = useState<Preview>({ result: undefined, error: undefined, isReading: false })
  const latest = useRef(list)
  latest.current = list
  const key = list === undefined ? '' : `${list.size}${list instanceof File ? `${list.name}${list.lastModified}` : ''}`
  const settingsKey = JSON.stringify(settingsOf(listing))
  // A pasted list of the same length may be another: the text itself counts, but only once it rests.
  const [text, setText] = useState('')
  useEffect(() => {
    if (key === '') return setText('')
    const timer = setTimeout(() => {
      void latest.current
        ?.slice(0, previewBytes)
        .text()
        .then((beginning) => setText(beginning.slice(0, cutAt(beginning))))
    }, previewAfterMs)
    return () => clearTimeout(timer)
  }, [key])
  useEffect(() => {
    if (text === '') return setPreview({ result: undefined, error: undefined, isReading: false })
    const stop = new AbortController()
    setPreview((now) => ({ ...now, isReading: true }))
    sendLines(
      { ...(JSON.parse(settingsKey) as ImportSettings), firstLine: 1, preview: 'true' },
      text,
      stop.signal,
    ).then(
      (result) => setPreview({ result, error: undefined, isReading: false }),
      (error: unknown) => {
        if (!stop.signal.aborted) setPreview({ result: undefined, error, isReading: false })
      },
    )
    return () => stop.abort()
  }, [text, settingsKey])
  return preview
}

/** Behind the last whole line, when there is more than what was read. */
const cutAt = (text: string): number =>
  text.length < previewBytes ? text.length : text.lastIndexOf('\n') + 1 || text.length
