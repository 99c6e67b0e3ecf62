import type { Diagnostic } from '@watchfloor/contracts/rules'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { YamlEditor } from '../../ui/editor/yaml-editor.tsx'
import { Section } from '../../ui/page.tsx'
import { BacktestPanel } from './backtest-panel.tsx'
import { checkRule } from './data.ts'
import { DiagnosticList } from './diagnostic-list.tsx'
import { completeSigma } from './sigma-completion.ts'
import { TryPanel } from './try-panel.tsx'

/** The editor with its remarks and the panel to try the rule on events. */
export function RuleEditor({
  yaml,
  title,
  onChange,
  onSave,
  readOnly,
  aside,
}: {
  yaml: string
  title: string
  onChange: (yaml: string) => void
  onSave: () => void
  readOnly: boolean
  aside?: ReactNode
}) {
  const { t } = useTranslation('rules')
  const mayHunt = useMay()('hunts:run')
  const [diagnostics, setDiagnostics] = useState<readonly Diagnostic[] | null>(null)
  const check = useCallback(async (text: string) => {
    const result = await checkRule(text)
    setDiagnostics(result.diagnostics)
    return result.diagnostics
  }, [])
  // The editor checks when something changes; what was there at first is checked here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => void check(yaml), [])
  return (
    <div className="grid min-h-0 flex-1 grid-rows-[minmax(320px,60vh)_auto] overflow-auto lg:grid-cols-[minmax(0,1fr)_minmax(340px,440px)] lg:grid-rows-1 lg:overflow-hidden">
      <div className="min-h-0 p-4 lg:pr-2">
        <YamlEditor
          label={t('page.editor')}
          value={yaml}
          onChange={onChange}
          onSave={onSave}
          check={check}
          complete={completeSigma}
          readOnly={readOnly}
        />
      </div>
      <section aria-label={t('page.detail')} className="flex min-h-0 flex-col gap-4 p-4 lg:overflow-auto lg:pl-2">
        <Section title={t('page.diagnostics')} padded={false}>
          <DiagnosticList diagnostics={diagnostics ?? []} />
        </Section>
        <TryPanel yaml={yaml} />
        {mayHunt && <BacktestPanel yaml={yaml} title={title} />}
        {aside}
      </section>
    </div>
  )
}
