import { useNavigate } from '@tanstack/react-router'
import { FolderUp, Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/form.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { PageHeader, ScrollPage, Section } from '../../ui/page.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { filesOfDrop, filesOfInput } from './import-files.ts'
import { ImportProgress } from './import-progress.tsx'
import { useCompare } from './use-compare.ts'
import { type ReadFiles, readFiles, useImport } from './use-import.ts'

const nothingChosen: ReadFiles = { files: [], notYaml: 0, tooLarge: 0 }

/** Importing rules: files, folders or pasted text. */
export function RuleImportPage() {
  const { t } = useTranslation('rules')
  const navigate = useNavigate()
  const importing = useImport()
  const { compare, doneFiles } = useCompare()
  const [chosen, setChosen] = useState(nothingChosen)
  const [reading, setReading] = useState(false)
  const [over, setOver] = useState(false)
  const [pasted, setPasted] = useState('')
  const [pack, setPack] = useState('')
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const take = async (list: Promise<{ path: string; file: File }[]> | { path: string; file: File }[]) => {
    setReading(true)
    try {
      const found = await list
      setChosen(await readFiles(found))
      const top = found[0]?.path.split('/')
      if (top && top.length > 1) setPack((now) => now || (top[0] ?? ''))
    } finally {
      setReading(false)
    }
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(filesOfDrop(event.dataTransfer.items))
  }
  const all = pasted.trim() === '' ? chosen.files : [...chosen.files, { path: 'pasted.yml', text: pasted }]
  const packName = pack.trim() || 'own'
  const isIdle = all.length === 0 || reading
  const look = () =>
    compare.mutate(
      { pack: packName, files: all },
      { onSuccess: ({ id }) => void navigate({ to: '/rules/packs/$updateId', params: { updateId: id } }) },
    )
  if (importing.run)
    return (
      <>
        <PageHeader title={t('importPage.title')} tabs={<SectionTabs section="detection" />} />
        <ImportProgress
          run={importing.run}
          onStop={importing.stop}
          onAgain={() => {
            importing.reset()
            setChosen(nothingChosen)
            setPasted('')
          }}
        />
      </>
    )
  return (
    <>
      <PageHeader title={t('importPage.title')} tabs={<SectionTabs section="detection" />} />
      <ScrollPage width="max-w-3xl">
        <section
          aria-label={t('importPage.drop')}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          className={
            over
              ? 'flex flex-col items-center gap-2 rounded-lg border-2 border-dashed border-accent bg-accent-soft p-10 text-center'
              : 'flex flex-col items-center gap-2 rounded-lg border-2 border-dashed border-line-strong p-10 text-center'
          }
        >
          <FolderUp size={24} aria-hidden className="text-text-3" />
          <p className="text-14 font-semibold">{t('importPage.drop')}</p>
          <p className="text-text-2">{t('importPage.dropText')}</p>
          <div className="mt-1 flex flex-wrap justify-center gap-2">
            <Button icon={<Upload size={14} aria-hidden />} onClick={() => files.current?.click()}>
              {t('importPage.files')}
            </Button>
            <Button onClick={() => folder.current?.click()}>{t('importPage.folder')}</Button>
          </div>
          <input
            ref={files}
            type="file"
            multiple
            accept=".yml,.yaml"
            hidden
            data-testid="rule-files"
            onChange={(event) => event.target.files && void take(filesOfInput(event.target.files))}
          />
          <input
            ref={folder}
            type="file"
            hidden
            {...{ webkitdirectory: '' }}
            onChange={(event) => event.target.files && void take(filesOfInput(event.target.files))}
          />
          <div role="status" className="text-text-2">
            {reading && <p>{t('importPage.reading')}</p>}
            {chosen.notYaml > 0 && (
              <p>{t('importPage.skipped', { count: chosen.notYaml, formatted: formatCount(chosen.notYaml) })}</p>
            )}
            {chosen.tooLarge > 0 && (
              <p>{t('importPage.tooLarge', { count: chosen.tooLarge, formatted: formatCount(chosen.tooLarge) })}</p>
            )}
          </div>
        </section>
        <Section title={t('importPage.paste')}>
          <textarea
            aria-label={t('importPage.pasteLabel')}
            placeholder={t('importPage.pasteLabel')}
            rows={8}
            spellCheck={false}
            maxLength={1_000_000}
            className="field mono"
            value={pasted}
            onChange={(event) => setPasted(event.target.value)}
          />
        </Section>
        <div className="flex flex-wrap items-end gap-3">
          <div className="min-w-56 flex-1">
            <TextField
              label={t('importPage.pack')}
              hint={t('importPage.packHint')}
              maxLength={120}
              placeholder="own"
              value={pack}
              onChange={setPack}
            />
          </div>
          <div className="mb-5 flex gap-2">
            <Button disabled={isIdle} busy={compare.isPending} onClick={look}>
              {t('importPage.compare')}
            </Button>
            <Button
              tone="primary"
              disabled={isIdle || compare.isPending}
              onClick={() => void importing.start(packName, all)}
            >
              {all.length === 0
                ? t('importPage.start')
                : t('importPage.startCount', { count: all.length, formatted: formatCount(all.length) })}
            </Button>
          </div>
        </div>
        <p className="text-text-2">{t('importPage.compareHint')}</p>
        {compare.isPending && (
          <p role="status" className="flex flex-col gap-1 text-text-2 tabular-nums">
            {t('importPage.progress', { done: formatCount(doneFiles), total: formatCount(all.length) })}
            <progress
              aria-label={t('importPage.comparing')}
              className="h-1.5 w-full accent-[var(--accent)]"
              max={all.length}
              value={doneFiles}
            />
          </p>
        )}
        <ErrorLine error={compare.error} />
      </ScrollPage>
    </>
  )
}
