import type { SettingView } from '@watchfloor/contracts/settings'

/** A setting whose value is free JSON. */
export type Setting = Omit<SettingView, 'value' | 'default'> & { readonly value: unknown; readonly default: unknown }

/** A setting as text for its control. */
export function draftOf(setting: Setting): string {
  const { value } = setting
  if (setting.control === 'secret' || value === null) return ''
  if (setting.control === 'choices') return Array.isArray(value) ? value.join(',') : ''
  if (setting.control === 'json') return JSON.stringify(value, null, 2)
  return String(value)
}

/** The value that a draft stands for. @error SyntaxError for JSON that is none */
export function settingValue(setting: Setting, draft: string): unknown {
  switch (setting.control) {
    case 'number':
      return Number(draft)
    case 'boolean':
      return draft === 'true'
    case 'choices':
      return draft === '' ? [] : draft.split(',')
    case 'json':
      return JSON.parse(draft)
    case 'text':
    case 'choice':
    case 'secret':
      return draft
  }
}

/** A value in a few words. */
export const valueWords = (value: unknown): string =>
  Array.isArray(value)
    ? value.join(', ') || '–'
    : typeof value === 'object' && value !== null
      ? JSON.stringify(value)
      : String(value ?? '–')
