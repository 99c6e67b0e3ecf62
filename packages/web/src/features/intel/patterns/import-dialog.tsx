import { useQueryClient } from '@tanstack/react-query'
import type { PatternImportResult } from '@watchfloor/contracts/intel'
import { Upload } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Field, TextField } from '../../../ui/form.tsx'
import { formatCount } from '../../../ui/format/number.ts'
import { ErrorLine } from '../../../ui/states.tsx'
import { sendBundle } from './data.ts'
import { importBundle, objectsOf } from './import-run.ts'

const shownProblems = 50

/** Takes a STIX bundle and imports its indicators with progress; what is not kept is said with its reason. */
export function PatternImportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('patterns')
  const queries = useQueryClient()
  const [file, setFile] = useState<File>()
  const [source, setSource] = useState('')
  const [confidence, setConfidence] = useState('50')
  const [percent, setPercent] = useState<number>()
  const [result, setResult] = useState<PatternImportResult>()
  const [error, setError] = useState<unknown>()
  const stopping = useRef<AbortController>(undefined)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!file) return
    const stop = new AbortController()
    stopping.current = stop
    setError(undefined)
    setResult(undefined)
    try {
      const objects = objectsOf(await file.text())
      if (!objects) throw new Error(t('importing.noBundle'))
      setPercent(0)
      const common = { source, confidence: Number(confidence), tlp: 'amber' as const, labels: [] }
      const send = (part: typeof objects) =>
        sendBundle({ ...common, bundle: { type: 'bundle', objects: part } }, stop.signal)
      setResult(await importBundle(objects, send, setPercent))
    } catch (failure) {
      if (!stop.signal.aborted) setError(failure)
    } finally {
      setPercent(undefined)
      await queries.invalidateQueries({ queryKey: ['patterns'] })
      await queries.invalidateQueries({ queryKey: ['indicators'] })
    }
  }
  return (
    <Dialog
      open={open}
      onClose={() => {
        stopping.current?.abort()
        setResult(undefined)
        onClose()
      }}
      title={t('importing.title')}
      description={t('importing.text')}
      width="max-w-xl"
    >
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        <ErrorLine error={error} />
        <Field label={t('importing.file')}>
          {(props) => (
            <input
              {...props}
              required
              type="file"
              accept=".json,.stix,application/json,application/stix+json"
              className="w-full text-text-2"
              onChange={(event) => {
                const chosen = event.target.files?.[0]
                setFile(chosen)
                setResult(undefined)
                if (chosen && source === '') setSource(chosen.name.slice(0, 120))
              }}
            />
          )}
        </Field>
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label={t('importing.source')}
            hint={t('importing.sourceHint')}
            required
            maxLength={120}
            value={source}
            onChange={setSource}
          />
          <TextField
            label={t('importing.confidence')}
            required
            type="number"
            min={0}
            max={100}
            value={confidence}
            onChange={setConfidence}
          />
        </div>
        {percent !== undefined && (
          <div role="status" className="flex flex-col gap-1">
            <progress className="h-1.5 w-full accent-accent" max={100} value={percent} />
            <p className="text-text-2">{t('importing.running', { percent })}</p>
          </div>
        )}
        {result && <Outcome result={result} />}
        <Button
          type="submit"
          tone="primary"
          busy={percent !== undefined}
          disabled={!file}
          icon={<Upload size={14} aria-hidden />}
          className="self-end"
        >
          {t('importing.start')}
        </Button>
      </form>
    </Dialog>
  )
}

function Outcome({ result }: { result: PatternImportResult }) {
  const { t } = useTranslation('patterns')
  const { added, updated, unchanged, refused, indicators, problems } = result
  return (
    <div role="status" className="flex flex-col gap-2">
      <p>
        {t('importing.done', {
          added: formatCount(added),
          updated: formatCount(updated),
          unchanged: formatCount(unchanged),
          refused: formatCount(refused),
        })}
      </p>
      {indicators > 0 && (
        <p className="text-text-2">
          {t('importing.indicators', { count: indicators, formatted: formatCount(indicators) })}
        </p>
      )}
      {problems.length > 0 && (
        <section aria-label={t('importing.problems')} className="max-h-48 overflow-auto rounded border border-line">
          <ul className="divide-y divide-line text-12">
            {problems.slice(0, shownProblems).map((one) => (
              <li key={one.stixId} className="px-2 py-1">
                <p className="font-medium break-words">{one.name || one.stixId}</p>
                <p className="break-words text-text-2">{one.message}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
