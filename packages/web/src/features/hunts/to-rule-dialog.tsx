import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { ruleOfQuery } from './data.ts'

/** The search as a Sigma rule, or what in it a rule cannot say. */
export function ToRuleDialog({
  open,
  onClose,
  query,
  onHuntWith,
}: {
  open: boolean
  onClose: () => void
  query: string
  onHuntWith: (yaml: string) => void
}) {
  const { t } = useTranslation('hunts')
  const title = query.length > 80 ? `${query.slice(0, 79)}…` : query
  const rule = useQuery({
    queryKey: ['hunts', 'to-rule', query],
    enabled: open,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => ruleOfQuery(query, title),
  })
  const yaml = rule.data?.yaml
  return (
    <Dialog
      open={open}
      onClose={onClose}
      width="max-w-2xl"
      title={rule.data && !yaml ? t('toRule.refused') : t('toRule.title')}
      description={rule.data && !yaml ? t('toRule.refusedText') : t('toRule.text')}
    >
      {rule.isPending && <Skeleton className="h-40" />}
      <ErrorLine error={rule.error} />
      {rule.data && !yaml && (
        <ul className="flex flex-col gap-2">
          {rule.data.problems.map(({ part, message }) => (
            <li key={`${part}${message}`}>
              <code className="mono break-all">{part}</code>
              <p className="text-text-2">{message}</p>
            </li>
          ))}
        </ul>
      )}
      {yaml && (
        <>
          <pre className="mono max-h-[50vh] overflow-auto rounded border border-line bg-bg p-3 whitespace-pre-wrap">
            {yaml}
          </pre>
          <div className="mt-3 flex items-center justify-end gap-2">
            <CopyButton value={yaml} label={t('toRule.copy')} />
            <Button tone="primary" onClick={() => onHuntWith(yaml)}>
              {t('toRule.try')}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  )
}
