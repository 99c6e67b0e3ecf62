import { useCallback } from 'react'
import { FilterChip } from '../ui/chip.tsx'
import { FilterMenu, type FilterOption } from '../ui/filter-menu.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { listOf, textOf, useUrlState } from './url-state.ts'

/** The text filter of a list, kept in the URL as `q`. */
export function UrlSearch({ label }: { label: string }) {
  const [url, setUrl] = useUrlState()
  const onSearch = useCallback((q: string) => setUrl({ q: q || undefined }, { replace: true }), [setUrl])
  return <SearchField label={label} value={url.q ?? ''} onChange={onSearch} />
}

/** A filter kept in the URL under `name`: several values with commas between them, or one alone. */
export function UrlFilter({
  name,
  label,
  options,
  single = false,
}: {
  name: string
  label: string
  options: readonly FilterOption[]
  /** One value at the most; it may hold commas. */
  single?: boolean
}) {
  const [url, setUrl] = useUrlState()
  const now = url[name]
  return (
    <FilterMenu
      single={single}
      label={label}
      value={!single ? listOf(now) : now ? [now] : []}
      onChange={(next) => setUrl({ [name]: single ? next[0] : textOf(next) })}
      options={options}
    />
  )
}

/** A filter that another page set, kept in the URL under `name`: shown only while it is there, and taken out. */
export function UrlChip({ name, label }: { name: string; label: string }) {
  const [url, setUrl] = useUrlState()
  const now = url[name]
  return now && <FilterChip label={label} value={now} onRemove={() => setUrl({ [name]: undefined })} />
}
