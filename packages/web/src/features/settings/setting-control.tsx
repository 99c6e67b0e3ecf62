import { useTranslation } from 'react-i18next'
import type { Setting } from './setting-value.ts'

/** The control that fits a setting; `draft` is its text. */
export function SettingControl({
  id,
  setting,
  draft,
  onDraft,
  readOnly,
}: {
  id: string
  setting: Setting
  draft: string
  onDraft: (draft: string) => void
  readOnly: boolean
}) {
  const { t } = useTranslation('settings')
  const shared = { id, disabled: readOnly, 'aria-describedby': `${id}-note` }
  switch (setting.control) {
    case 'boolean':
      return (
        <label className="inline-flex items-center gap-2">
          <input
            {...shared}
            type="checkbox"
            checked={draft === 'true'}
            onChange={(event) => onDraft(String(event.target.checked))}
            className="size-4 accent-[var(--accent)]"
          />
          {t('on')}
        </label>
      )
    case 'number':
      return (
        <span className="flex items-center gap-2">
          <input
            {...shared}
            type="number"
            required
            min={setting.minimum}
            max={setting.maximum}
            className="field"
            value={draft}
            onChange={(event) => onDraft(event.target.value)}
          />
          {setting.unit && <span className="text-text-2">{setting.unit}</span>}
        </span>
      )
    case 'choice':
      return (
        <select {...shared} className="field" value={draft} onChange={(event) => onDraft(event.target.value)}>
          {setting.choices?.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )
    case 'choices': {
      const chosen = draft === '' ? [] : draft.split(',')
      return (
        <fieldset id={id} aria-describedby={`${id}-note`} className="flex flex-wrap gap-x-4">
          {setting.choices?.map((choice) => (
            <label key={choice} className="inline-flex items-center gap-1.5">
              <input
                type="checkbox"
                disabled={readOnly}
                checked={chosen.includes(choice)}
                onChange={() =>
                  onDraft(
                    (setting.choices ?? []).filter((each) => chosen.includes(each) !== (each === choice)).join(','),
                  )
                }
                className="accent-[var(--accent)]"
              />
              {choice}
            </label>
          ))}
        </fieldset>
      )
    }
    case 'json':
      return (
        <textarea
          {...shared}
          rows={5}
          spellCheck={false}
          className="field mono"
          value={draft}
          onChange={(event) => onDraft(event.target.value)}
        />
      )
    case 'secret':
      return (
        <input
          {...shared}
          type="password"
          autoComplete="off"
          placeholder={setting.isSet ? t('secretSet') : ''}
          className="field"
          value={draft}
          onChange={(event) => onDraft(event.target.value)}
        />
      )
    case 'text':
      return <input {...shared} className="field" value={draft} onChange={(event) => onDraft(event.target.value)} />
  }
}
