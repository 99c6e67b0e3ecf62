import type { User } from '@watchfloor/contracts/identity'
import { Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../app/session/me.tsx'
import { SectionTabs } from '../../app/shell/section-tabs.tsx'
import { UrlFilter, UrlSearch } from '../../app/url-filters.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { RelativeTime } from '../../ui/display.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { useListKeys } from '../../ui/keyboard/list-keys.ts'
import { FilterBar, PageHeader } from '../../ui/page.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { BesidePanel, SidePanel } from '../../ui/side-panel.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { roles, userFilterFromUrl, useUserActions, useUsers } from './data.ts'
import { NewUserForm } from './new-user-form.tsx'
import { UserPanel } from './user-panel.tsx'
import { UserState } from './user-state.tsx'

/** Who may use Watchfloor, and as what. */
export function UsersPage() {
  const { t } = useTranslation('users')
  const mayWrite = useMay()('users:write')
  const [url, setUrl] = useUrlState()
  const filter = useMemo(() => userFilterFromUrl(url), [url])
  const users = useUsers(filter)
  const actions = useUserActions()
  const [adding, setAdding] = useState(false)
  const [password, setPassword] = useState<{ name: string; secret: string } | null>(null)
  const rows = useMemo(() => users.data?.pages.flatMap((page) => page.items) ?? [], [users.data])
  const total = users.data?.pages[0]?.total ?? (users.hasNextPage ? undefined : rows.length)
  const ids = useMemo(() => rows.map((user) => user.id as string), [rows])
  const peek = (id: string | undefined) => setUrl({ open: id }, { replace: true })
  const cursor = useListKeys({
    ids,
    placeKey: 'users',
    group: t('key.group'),
    words: { down: t('key.down'), up: t('key.up'), open: t('key.open'), close: t('key.close') },
    opened: url.open,
    onOpen: peek,
  })
  const open = rows.find((user) => user.id === url.open)
  const columns = useUserColumns(open !== undefined)
  const add = (
    <Button tone="primary" icon={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  )
  return (
    <>
      <PageHeader
        title={t('title')}
        figure={total !== undefined && t('figure', { count: total, formatted: formatCount(total) })}
        tabs={<SectionTabs section="settings" />}
        actions={mayWrite && add}
      />
      <FilterBar label={t('filters')}>
        <UrlSearch label={t('search')} />
        <UrlFilter
          single
          name="role"
          label={t('filter.role')}
          options={roles.map((role) => ({ value: role, text: t(`role.${role}`) }))}
        />
        <UrlFilter
          single
          name="state"
          label={t('filter.state')}
          options={(['active', 'disabled'] as const).map((state) => ({
            value: state,
            text: t(`state.${state}`),
          }))}
        />
      </FilterBar>
      <BesidePanel
        panel={
          open && (
            <SidePanel label={t('panel.title')} onClose={() => peek(undefined)}>
              <UserPanel
                key={open.id}
                user={open}
                actions={actions}
                onPassword={(secret) => setPassword({ name: open.displayName, secret })}
                onGone={() => peek(undefined)}
              />
            </SidePanel>
          )
        }
      >
        <PagedList
          list={users}
          skeletonRows={12}
          empty={
            <EmptyState
              title={t('empty.title')}
              text={t('empty.text')}
              action={
                <Button onClick={() => setUrl({ q: undefined, role: undefined, state: undefined })}>
                  {t('empty.action')}
                </Button>
              }
            />
          }
          label={t('list')}
          rows={rows}
          rowId={(user) => user.id}
          columns={columns}
          cursor={cursor.cursor}
          onCursor={(id) => {
            cursor.set(id)
            peek(id)
          }}
        />
      </BesidePanel>
      <Dialog
        open={adding}
        onClose={() => setAdding(false)}
        title={t('form.title')}
        description={t('form.text')}
        width="max-w-md"
      >
        <NewUserForm
          error={actions.create.error}
          busy={actions.create.isPending}
          onCreate={(user) =>
            actions.create.mutate(user, {
              onSuccess: (created) => {
                setAdding(false)
                peek(created.user.id)
                if (created.temporaryPassword)
                  setPassword({ name: created.user.displayName, secret: created.temporaryPassword })
              },
            })
          }
        />
      </Dialog>
      <Dialog
        open={password !== null}
        onClose={() => setPassword(null)}
        title={t('password.title', { name: password?.name })}
        description={t('password.text')}
        width="max-w-md"
      >
        <p className="flex items-center gap-2 rounded bg-surface-2 p-3">
          <code className="mono flex-1 text-14! break-all">{password?.secret}</code>
          <CopyButton value={password?.secret ?? ''} label={t('password.copy')} />
        </p>
        <div className="mt-3 flex justify-end">
          <Button tone="primary" onClick={() => setPassword(null)}>
            {t('password.done')}
          </Button>
        </div>
      </Dialog>
    </>
  )
}

function useUserColumns(narrow: boolean): Column<User>[] {
  const { t } = useTranslation('users')
  const name: Column<User> = {
    id: 'name',
    header: t('column.name'),
    track: 'minmax(100px, 1fr)',
    cell: (user) => <span title={user.displayName}>{user.displayName}</span>,
  }
  const state: Column<User> = {
    id: 'state',
    header: t('column.state'),
    track: '84px',
    cell: (user) => <UserState user={user} />,
  }
  if (narrow) return [name, state]
  return [
    name,
    {
      id: 'email',
      header: t('column.email'),
      track: 'minmax(0, 1.4fr)',
      from: 'tablet',
      cell: (user) => (
        <span className="text-text-2" title={user.email}>
          {user.email}
        </span>
      ),
    },
    {
      id: 'roles',
      header: t('column.roles'),
      track: 'minmax(0, 1.4fr)',
      cell: (user) => user.roles.map((role) => t(`role.${role}`)).join(', '),
    },
    {
      id: 'secondFactor',
      header: t('column.secondFactor'),
      track: '108px',
      from: 'wide',
      cell: (user) => (
        <span className={user.secondFactor ? 'text-good' : 'text-text-3'}>
          {t(`secondFactor.${user.secondFactor}`)}
        </span>
      ),
    },
    state,
    {
      id: 'lastLogin',
      header: t('column.lastLogin'),
      track: '108px',
      align: 'end',
      from: 'tablet',
      cell: (user) => <RelativeTime at={user.lastLoginAt} className="text-text-2" />,
    },
  ]
}
