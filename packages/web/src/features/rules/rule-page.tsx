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
import { useBulkRules, useCreateRule, useDeleteRule, useRule, useUpdateRule } from './data.ts'
import { ExceptionsTab } from './exceptions-tab.tsx'
import { LifecycleChip, LifecycleSelect } from './lifecycle.tsx'
import { newRuleYaml } from './new-rule.ts'
import { NoiseTab } from './noise-tab.tsx'
import { OfferBanner } from './offer-banner.tsx'
import { RunsMark } from './rule-columns.tsx'
import { RuleEditor } from './rule-editor.tsx'
import { RuleFacts } from './rule-facts.tsx'
import { type RuleTab, RuleTabs, useRuleTab } from './rule-tabs.tsx'
import { SamplesTab } from './samples-tab.tsx'
import { VersionsTab } from './versions-tab.tsx'

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
      <RuleEditor yaml={yaml} title={t('page.newTitle')} onChange={setYaml} onSave={save} readOnly={false} />
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
  const may = useMay()
  const mayWrite = may('rules:write')
  const [tab, setTab] = useRuleTab()
  const update = useUpdateRule(rule.id)
  const remove = useDeleteRule()
  const bulk = useBulkRules()
  const [edited, setEdited] = useState<{ yaml: string; version: number } | null>(null)
  const yaml = edited?.yaml ?? rule.yaml
  const unsaved = edited !== null && edited.yaml !== rule.yaml
  const saveAgainst = (expectedVersion: number, breakSamples = false) =>
    unsaved &&
    update.mutate(
      { yaml, expectedVersion, breakSamples },
      {
        onSuccess: () => setEdited(null),
        onError: (error) => void askAboutSamples(error, expectedVersion),
      },
    )
  const askAboutSamples = async (error: unknown, expectedVersion: number) => {
    if (!isBrokenSamples(error)) return
    const names = (error.issues ?? []).map((issue) => issue.at).join(', ')
    const yes = await confirm({
      title: t('life.samples.broken'),
      text: t('life.samples.brokenText', { names }),
      confirm: t('life.samples.saveAnyway'),
      tone: 'danger',
    })
    if (yes) saveAgainst(expectedVersion, true)
    else update.reset()
  }
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
            <LifecycleChip rule={rule} />
            <RunsMark rule={rule} />
            {unsaved && <Chip tone="warn">{t('page.unsaved')}</Chip>}
          </span>
        }
        actions={
          <>
            {mayWrite && (
              <>
                <LifecycleSelect
                  rule={rule}
                  disabled={bulk.isPending}
                  onDecide={(action) => bulk.mutate({ ids: [rule.id], action })}
                />
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
      {update.error && !stale && !isBrokenSamples(update.error) && (
        <div className="px-4 pt-3">
          <ErrorLine error={update.error} />
        </div>
      )}
      {rule.hasOffer && <OfferBanner rule={rule} mayWrite={mayWrite} />}
      <RuleTabs rule={rule} tab={tab} onTab={setTab} />
      {tab === 'text' ? (
        <RuleEditor
          yaml={yaml}
          title={rule.title}
          readOnly={!mayWrite}
          onSave={save}
          onChange={(text) =>
            setEdited((now) =>
              now ? { ...now, yaml: text } : text === rule.yaml ? null : { yaml: text, version: rule.version },
            )
          }
          aside={<RuleFacts rule={rule} />}
        />
      ) : (
        <OtherTab rule={rule} tab={tab} mayWrite={mayWrite} mayExcept={may('rules:except')} />
      )}
    </>
  )
}

const isBrokenSamples = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 'RULE_SAMPLES_BROKEN'

function OtherTab({
  rule,
  tab,
  mayWrite,
  mayExcept,
}: {
  rule: RuleDetail
  tab: Exclude<RuleTab, 'text'>
  mayWrite: boolean
  mayExcept: boolean
}) {
  switch (tab) {
    case 'versions':
      return <VersionsTab rule={rule} mayWrite={mayWrite} />
    case 'samples':
      return <SamplesTab ruleId={rule.id} mayExcept={mayExcept} />
    case 'exceptions':
      return <ExceptionsTab ruleId={rule.id} mayExcept={mayExcept} />
    case 'noise':
      return <NoiseTab ruleId={rule.id} />
  }
}
