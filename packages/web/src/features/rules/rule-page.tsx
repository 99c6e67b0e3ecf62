import { Link, useBlocker, useCanGoBack, useNavigate, useParams, useRouter } from '@tanstack/react-router'
import type { RuleDetail } from '@watchfloor/contracts/rules'
import { ArrowLeft, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../app/api.ts'
import { useMay } from '../../app/session/me.tsx'
import { ConflictBanner } from '../../app/shell/conflict.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { useConfirm } from '../../ui/dialog.tsx'
import { useShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { PageHeader } from '../../ui/page.tsx'
import { SeverityBadge } from '../../ui/severity.tsx'
import { ErrorLine, ErrorState, Skeleton } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { type BulkAction, useBulkRules, useCreateRule, useDeleteRule, useRule, useUpdateRule } from './data.ts'
import { newRuleYaml } from './new-rule.ts'
import { RuleEditor } from './rule-editor.tsx'
import { RuleFacts } from './rule-facts.tsx'

function useBack(): () => void {
  const { t } = useTranslation('rules')
  const navigate = useNavigate()
  const router = useRouter()
  const canGoBack = useCanGoBack()
  const back = () => (canGoBack ? router.history.back() : void navigate({ to: '/rules' }))
  useShortcuts([{ keys: 'Escape', label: t('key.back'), group: t('key.group'), run: back }])
  return back
}

/** Asks before unsaved text is lost. */
function useUnsaved(unsaved: boolean): void {
  const { t } = useTranslation('rules')
  const confirm = useConfirm()
  useBlocker({
    disabled: !unsaved,
    enableBeforeUnload: unsaved,
    shouldBlockFn: async () =>
      !(await confirm({
        title: t('page.leaveTitle'),
        text: t('page.leaveText'),
        confirm: t('page.leave'),
        tone: 'danger',
      })),
  })
}

/** A new rule from a small example that is valid as it stands. */
export function NewRulePage() {
  const { t } = useTranslation('rules')
  const navigate = useNavigate()
  const create = useCreateRule()
  const back = useBack()
  const [yaml, setYaml] = useState(newRuleYaml)
  const save = () =>
    create.mutate(yaml, {
      onSuccess: (rule) => {
        toastDone(t('page.created'))
        void navigate({ to: '/rules/$ruleId', params: { ruleId: rule.id }, replace: true, ignoreBlocker: true })
      },
    })
  useUnsaved(yaml !== newRuleYaml && !create.isSuccess)
  useShortcuts([{ keys: 'mod+s', label: t('key.save'), group: t('key.group'), run: save, whileTyping: true }])
  return (
    <>
      <PageHeader
        back={<IconButton label={t('key.back')} hint="Esc" icon={<ArrowLeft size={16} />} onClick={back} />}
        title={t('page.newTitle')}
        actions={
          <Button tone="primary" hint="mod+s" busy={create.isPending} onClick={save}>
            {t('page.save')}
          </Button>
        }
      />
      {create.error && (
        <div className="px-4 pt-3">
          <ErrorLine error={create.error} />
        </div>
      )}
      <RuleEditor yaml={yaml} onChange={setYaml} onSave={save} readOnly={false} />
    </>
  )
}

/** One rule: its text, whether it runs, what it found. */
export function RulePage() {
  const { ruleId } = useParams({ strict: false })
  const rule = useRule(ruleId)
  const back = useBack()
  if (rule.isError && !rule.data) return <ErrorState error={rule.error} onRetry={() => void rule.refetch()} />
  if (!rule.data)
    return (
      <div className="flex flex-1 flex-col gap-4 p-4">
        <Skeleton className="h-8 w-1/2" />
        <Skeleton className="flex-1" />
      </div>
    )
  return <RuleView key={rule.data.id} rule={rule.data} onBack={back} />
}

function RuleView({ rule, onBack }: { rule: RuleDetail; onBack: () => void }) {
  const { t } = useTranslation('rules')
  const navigate = useNavigate()
  const confirm = useConfirm()
  const mayWrite = useMay()('rules:write')
  const update = useUpdateRule(rule.id)
  const remove = useDeleteRule()
  const bulk = useBulkRules()
  const [edited, setEdited] = useState<{ yaml: string; version: number } | null>(null)
  const yaml = edited?.yaml ?? rule.yaml
  const unsaved = edited !== null && edited.yaml !== rule.yaml
  const saveAgainst = (expectedVersion: number) =>
    unsaved && update.mutate({ yaml, expectedVersion }, { onSuccess: () => setEdited(null) })
  const save = () => saveAgainst(edited?.version ?? rule.version)
  const stale = update.error instanceof ApiError && update.error.code === 'STALE_EDIT'
  const deleteRule = async () => {
    if (
      !(await confirm({
        title: t('page.deleteTitle'),
        text: t('page.deleteText'),
        confirm: t('page.delete'),
        tone: 'danger',
      }))
    )
      return
    remove.mutate(rule.id, {
      onSuccess: () => {
        toastDone(t('page.deleted'))
        void navigate({ to: '/rules', ignoreBlocker: true })
      },
    })
  }
  useUnsaved(unsaved)
  useShortcuts(
    mayWrite ? [{ keys: 'mod+s', label: t('key.save'), group: t('key.group'), run: save, whileTyping: true }] : [],
  )
  return (
    <>
      <PageHeader
        back={<IconButton label={t('key.back')} hint="Esc" icon={<ArrowLeft size={16} />} onClick={onBack} />}
        title={rule.title}
        figure={
          <span className="flex items-center gap-2">
            <SeverityBadge severity={rule.level} />
            {unsaved && <Chip tone="warn">{t('page.unsaved')}</Chip>}
          </span>
        }
        actions={
          <>
            {mayWrite && (
              <>
                <label className="flex items-center gap-1.5">
                  <span className="text-text-2">{t('page.switch')}</span>
                  <select
                    className="field w-auto!"
                    value={rule.switch}
                    disabled={bulk.isPending}
                    onChange={(event) => bulk.mutate({ ids: [rule.id], action: event.target.value as BulkAction })}
                  >
                    {(['policy', 'on', 'off'] as const).map((each) => (
                      <option key={each} value={each}>
                        {t(`switch.${each}`)}
                      </option>
                    ))}
                  </select>
                </label>
                {unsaved && (
                  <Button
                    onClick={() => {
                      setEdited(null)
                      update.reset()
                    }}
                  >
                    {t('page.revert')}
                  </Button>
                )}
                <Button tone="primary" hint="mod+s" busy={update.isPending} disabled={!unsaved} onClick={save}>
                  {t('page.save')}
                </Button>
                <IconButton label={t('page.delete')} icon={<Trash2 size={16} />} onClick={() => void deleteRule()} />
              </>
            )}
            <Link
              to="/alerts"
              search={{ rule: rule.id, ruleTitle: rule.title, status: 'all', range: 'all' }}
              className="link px-1"
            >
              {t('page.alerts')}
            </Link>
          </>
        }
      />
      {stale && (
        <ConflictBanner
          theirs={t('page.stale', { version: rule.version })}
          yours={t('page.unsaved')}
          onRetry={() => saveAgainst(rule.version)}
          onDiscard={() => {
            setEdited(null)
            update.reset()
          }}
        />
      )}
      {update.error && !stale && (
        <div className="px-4 pt-3">
          <ErrorLine error={update.error} />
        </div>
      )}
      <RuleEditor
        yaml={yaml}
        readOnly={!mayWrite}
        onSave={save}
        onChange={(text) =>
          setEdited((now) =>
            now ? { ...now, yaml: text } : text === rule.yaml ? null : { yaml: text, version: rule.version },
          )
        }
        aside={<RuleFacts rule={rule} />}
      />
    </>
  )
}
