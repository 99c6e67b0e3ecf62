import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, TextField } from '../../ui/form.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { ErrorLine } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { type RuleFile, useYaraActions } from './data.ts'
import { Diagnostics } from './diagnostics.tsx'

const isYara = (file: File): boolean => /\.yara?$/i.test(file.name)

const readAll = (files: readonly File[]): Promise<RuleFile[]> =>
  Promise.all(
    files.filter(isYara).map(async (file) => ({ path: file.webkitRelativePath || file.name, text: await file.text() })),
  )

/** Files, a folder or pasted rules become a set, or the next version of one. */
export function YaraImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('artifacts')
  const { importSet, check } = useYaraActions()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<RuleFile[]>([])
  const [pasted, setPasted] = useState('')
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const all = pasted.trim() === '' ? chosen : [...chosen, { path: 'pasted.yar', text: pasted }]
  const take = async (list: FileList | null) => {
    const read = await readAll([...(list ?? [])])
    setChosen(read)
    const top = read[0]?.path.split('/')
    setName((now) => now || (top?.[0] ?? '').replace(/\.yara?$/i, ''))
    check.reset()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    importSet.mutate(
      { name: name.trim(), files: all },
      {
        onSuccess: ({ set }) => {
          toastDone(t('yara.imported', { name: set.name }))
          onClose()
        },
      },
    )
  }
  return (
    <Dialog open onClose={onClose} title={t('yara.importTitle')} description={t('yara.importText')} width="max-w-2xl">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={importSet.error ?? check.error} />
        <TextField label={t('yara.name')} maxLength={120} value={name} onChange={setName} />
        <div className="flex flex-wrap items-center gap-2">
          <Button onClick={() => files.current?.click()}>{t('yara.chooseFiles')}</Button>
          <Button onClick={() => folder.current?.click()}>{t('yara.chooseFolder')}</Button>
          {chosen.length > 0 && (
            <span role="status" className="text-text-2">
              {t('yara.chosen', { count: chosen.length, formatted: formatCount(chosen.length) })}
            </span>
          )}
          <input
            ref={files}
            type="file"
            multiple
            accept=".yar,.yara"
            hidden
            data-testid="yara-files"
            onChange={(event) => void take(event.target.files)}
          />
          <input
            ref={folder}
            type="file"
            hidden
            {...{ webkitdirectory: '' }}
            onChange={(event) => void take(event.target.files)}
          />
        </div>
        <Field label={t('yara.paste')}>
          {(props) => (
            <textarea
              {...props}
              rows={8}
              spellCheck={false}
              className="field mono"
              value={pasted}
              onChange={(event) => {
                setPasted(event.target.value)
                check.reset()
              }}
            />
          )}
        </Field>
        {check.data && (
          <div role="status" className="flex flex-col gap-1">
            <p>
              {t('yara.rules', { count: check.data.rules, formatted: formatCount(check.data.rules) })} ·{' '}
              {t('yara.refused', { formatted: formatCount(check.data.refused) })}
            </p>
            <Diagnostics items={check.data.diagnostics} />
          </div>
        )}
        <div className="flex justify-end gap-2">
          <Button disabled={all.length === 0} busy={check.isPending} onClick={() => check.mutate(all)}>
            {t('yara.check')}
          </Button>
          <Button
            type="submit"
            tone="primary"
            disabled={all.length === 0 || name.trim() === ''}
            busy={importSet.isPending}
          >
            {t('yara.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
