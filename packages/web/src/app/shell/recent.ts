/** A page that somebody opened by name. */
export interface RecentPage {
  readonly title: string
  readonly href: string
}
const storageKey = 'watchfloor.recent'
const most = 6

/** Pages opened lately, newest first; kept for the tab's session. */
export function recentPages(): RecentPage[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isPage).slice(0, most) : []
  } catch {
    return []
  }
}

export function rememberRecent(page: RecentPage): void {
  const pages = [page, ...recentPages().filter((known) => known.href !== page.href)].slice(0, most)
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(pages))
  } catch {
    // Storage may be full or forbidden; the list is a convenience.
  }
}

const isPage = (value: unknown): value is RecentPage =>
  typeof value === 'object' &&
  value !== null &&
  'title' in value &&
  'href' in value &&
  typeof value.title === 'string' &&
  typeof value.href === 'string' &&
  value.href.startsWith('/')
