import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { Button } from '../../ui/button.tsx'
import { useNow } from '../../ui/display.tsx'
import { formatRelative } from '../../ui/format/time.ts'
import { PageHeader, ScrollPage, Section } from '../../ui/page.tsx'
import { EmptyState, ErrorLine, ErrorState, Skeleton } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { SettingControl } from './setting-control.tsx'
import { draftOf, type Setting, settingValue, valueWords } from './setting-value.ts'

/** What the organisation has set, module by module. */
export function SettingsPage() {
  const { t } = useTranslation('settings')
  const mayWrite = useMay()('settings:write')
  const settings = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => call<{ items: Setting[] }>(api.GET('/api/v1/settings', { signal })),
  })
  const groups = Map.groupBy(settings.data?.items ?? [], (setting) => setting.group)
  return (
    <>
      <PageHeader title={t('title')} tabs={<SectionTabs section="settings" />} />
      {settings.isError ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <ScrollPage width="max-w-3xl">
          {!mayWrite && <p className="text-text-2">{t('readOnly')}</p>}
          {settings.isPending && <Skeleton className="h-80" />}
          {settings.data?.items.length === 0 && <EmptyState title={t('empty.title')} text={t('empty.text')} />}
          {[...groups].map(([group, items]) => (
            <Section
              key={group}
              title={t(`group.${group}`, { defaultValue: group.charAt(0).toUpperCase() + group.slice(1) })}
              padded={false}
            >
              <ul className="divide-y divide-line">
                {items.map((setting) => (
                  <li key={setting.key}>
                    <SettingRow key={setting.version} setting={setting} readOnly={!mayWrite} />
                  </li>
                ))}
              </ul>
            </Section>
          ))}
        </ScrollPage>
      )}
    </>
  )
}

function SettingRow({ setting, readOnly }: { setting: Setting; readOnly: boolean }) {
  const { t } = useTranslation('settings')
  const queries = useQueryClient()
  const now = useNow()
  const initial = draftOf(setting)
  const [draft, setDraft] = useState(initial)
  const save = useMutation({
    mutationFn: () => {
      let value: unknown
      try {
        value = settingValue(setting, draft)
      } catch {
        throw new Error(t('notJson'))
      }
      return call<Setting>(
        api.PUT('/api/v1/settings/{key}', {
          params: { path: { key: setting.key } },
          body: { value, expectedVersion: setting.version },
        }),
      )
    },
    onSuccess: () => toastDone(t('saved', { title: setting.title })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['settings'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const id = `setting-${setting.key}`
  return (
    <form onSubmit={submit} className="grid gap-x-6 gap-y-2 p-3 md:grid-cols-[minmax(0,1fr)_minmax(0,300px)]">
      <div className="min-w-0">
        <label htmlFor={id} className="font-medium">
          {setting.title}
        </label>
        <p id={`${id}-note`} className="text-text-2">
          {setting.description}
        </p>
        <p className="text-12 text-text-3">
          {setting.isSet && setting.updatedAt
            ? t('changed', { when: formatRelative(Date.parse(setting.updatedAt), now), who: setting.updatedBy ?? '–' })
            : setting.control !== 'secret' && t('byDefault', { value: valueWords(setting.default) })}
        </p>
      </div>
      <div className="flex min-w-0 flex-col items-stretch gap-2">
        <SettingControl id={id} setting={setting} draft={draft} onDraft={setDraft} readOnly={readOnly} />
        <ErrorLine error={save.error} />
        {!readOnly && draft !== initial && (
          <Button type="submit" tone="primary" size="sm" busy={save.isPending} className="self-end">
            {t('save')}
          </Button>
        )}
      </div>
    </form>
  )
}
