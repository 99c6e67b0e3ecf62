import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

/** Everything a page keeps in the URL: names to text. */
export type UrlState = Readonly<Record<string, string | undefined>>

/** `?status=new,closed&q=a` → names to text. The first of repeated names counts. */
export function parseUrl(search: string): Record<string, string> {
  const state: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(search))
    if (value !== '' && !Object.hasOwn(state, name)) state[name] = value
  return state
}

/** The reverse; commas and colons stay readable. */
export function printUrl(state: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(state))
    if (typeof value === 'string' && value !== '') params.set(name, value)
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text === '' ? '' : `?${text}`
}

/** `a,b` → `['a', 'b']`. */
export const listOf = (text: string | undefined): string[] => text?.split(',').filter(Boolean) ?? []

/** `['a', 'b']` → `a,b`; an empty list takes the name out of the URL. */
export const textOf = (list: readonly string[]): string | undefined => (list.length > 0 ? list.join(',') : undefined)

/** The page's part of the URL, and how to change it. `replace` keeps the history short while somebody types. */
export function useUrlState(): [UrlState, (patch: UrlState, options?: { replace?: boolean }) => void] {
  const state: UrlState = useSearch({ strict: false })
  const navigate = useNavigate()
  const set = useCallback(
    (patch: UrlState, options: { replace?: boolean } = {}) => {
      void navigate({ to: '.', search: (now: UrlState) => ({ ...now, ...patch }), replace: options.replace ?? false })
    },
    [navigate],
  )
  return [state, set]
}
