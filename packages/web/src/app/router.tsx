import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
  type SearchMiddleware,
} from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../ui/states.tsx'
import { Crashed } from './crashed.tsx'
import { Allowed, SignedIn } from './session/guard.tsx'
import { parseUrl, printUrl } from './url-state.ts'

const textOnly = (search: Record<string, unknown>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

/** The time range is the same on every page until somebody changes it: links that say nothing about it keep it. */
const keepTime: SearchMiddleware<Record<string, string | undefined>> = ({ search, next }) => {
  const result = next(search)
  if ('range' in result || 'from' in result || 'to' in result) return result
  return { ...result, range: search.range, from: search.from, to: search.to }
}

const root = createRootRoute({
  component: Outlet,
  errorComponent: Crashed,
  notFoundComponent: NotFound,
  validateSearch: textOnly,
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: lazyRouteComponent(() => import('../features/session/index.ts'), 'LoginPage'),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../features/session/index.ts'), 'SetupPage'),
})

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: SignedIn,
  search: { middlewares: [keepTime] },
})

/** A page that needs a permission. */
const page = <Path extends string>(path: Path, permission: string | null, Page: RouteComponent) =>
  createRoute({
    getParentRoute: () => signedIn,
    path,
    errorComponent: Crashed,
    component: () => (
      <Allowed permission={permission}>
        <Page />
      </Allowed>
    ),
  })

const alerts = () => import('../features/alerts/index.ts')
const alert = () => import('../features/alerts/alert-page.tsx')
const events = () => import('../features/events/index.ts')
const hunts = () => import('../features/hunts/index.ts')
const artifacts = () => import('../features/artifacts/index.ts')
const rules = () => import('../features/rules/index.ts')
const sources = () => import('../features/sources/index.ts')
const intel = () => import('../features/intel/index.ts')

const tree = root.addChildren([
  login,
  setup,
  signedIn.addChildren([
    page(
      '/',
      null,
      lazyRouteComponent(() => import('../features/overview/index.ts'), 'OverviewPage'),
    ),
    page('/alerts', 'alerts:read', lazyRouteComponent(alerts, 'AlertListPage')),
    page('/alerts/$alertId', 'alerts:read', lazyRouteComponent(alert, 'AlertPage')),
    page('/events', 'events:read', lazyRouteComponent(events, 'EventsPage')),
    page('/events/$eventId', 'events:read', lazyRouteComponent(events, 'EventPage')),
    page('/hunts', 'hunts:read', lazyRouteComponent(hunts, 'WorkbenchPage')),
    page('/hunts/saved', 'hunts:read', lazyRouteComponent(hunts, 'SavedHuntsPage')),
    page('/artifacts', 'artifacts:read', lazyRouteComponent(artifacts, 'ArtifactListPage')),
    page('/artifacts/$artifactId', 'artifacts:read', lazyRouteComponent(artifacts, 'ArtifactPage')),
    page('/yara', 'yara:read', lazyRouteComponent(artifacts, 'YaraPage')),
    page('/rules', 'rules:read', lazyRouteComponent(rules, 'RuleListPage')),
    page('/rules/new', 'rules:write', lazyRouteComponent(rules, 'NewRulePage')),
    page('/rules/import', 'rules:write', lazyRouteComponent(rules, 'RuleImportPage')),
    page('/rules/packs', 'rules:read', lazyRouteComponent(rules, 'PacksPage')),
    page('/rules/packs/$updateId', 'rules:read', lazyRouteComponent(rules, 'PackUpdatePage')),
    page(
      '/coverage',
      'rules:read',
      lazyRouteComponent(() => import('../features/coverage/index.ts'), 'CoveragePage'),
    ),
    page('/rules/$ruleId', 'rules:read', lazyRouteComponent(rules, 'RulePage')),
    page('/sources', 'sources:read', lazyRouteComponent(sources, 'SourcesPage')),
    page('/sources/dead-letters', 'sources:read', lazyRouteComponent(sources, 'DeadLettersPage')),
    page('/indicators', 'intel:read', lazyRouteComponent(intel, 'IndicatorsPage')),
    page('/patterns', 'intel:read', lazyRouteComponent(intel, 'PatternsPage')),
    page('/warning-lists', 'intel:read', lazyRouteComponent(intel, 'WarningListsPage')),
    page(
      '/settings',
      'settings:read',
      lazyRouteComponent(() => import('../features/settings/index.ts'), 'SettingsPage'),
    ),
    page(
      '/settings/users',
      'users:read',
      lazyRouteComponent(() => import('../features/users/index.ts'), 'UsersPage'),
    ),
    page(
      '/settings/audit',
      'audit:read',
      lazyRouteComponent(() => import('../features/audit/index.ts'), 'AuditPage'),
    ),
    page(
      '/settings/system',
      'jobs:read',
      lazyRouteComponent(() => import('../features/system/index.ts'), 'SystemPage'),
    ),
    page(
      '/account',
      null,
      lazyRouteComponent(() => import('../features/account/index.ts'), 'AccountPage'),
    ),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  parseSearch: parseUrl,
  stringifySearch: printUrl,
  defaultPreload: 'intent',
  defaultPreloadDelay: 80,
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

function NotFound() {
  const { t } = useTranslation('app')
  return (
    <main className="flex h-full">
      <EmptyState
        icon={<Compass size={22} />}
        title={t('notFound.title')}
        text={t('notFound.text')}
        action={
          <Link to="/" className="link">
            {t('notFound.action')}
          </Link>
        }
      />
    </main>
  )
}
