import type { Role } from '@watchfloor/contracts/kernel'
import { useTranslation } from 'react-i18next'
import { roles } from './data.ts'

/** Which roles somebody holds. */
export function RoleBoxes({
  value,
  onChange,
  disabled = false,
}: {
  value: readonly Role[]
  onChange: (roles: Role[]) => void
  disabled?: boolean
}) {
  const { t } = useTranslation('users')
  return (
    <fieldset disabled={disabled}>
      <legend className="mb-1 text-12 font-medium text-text-2">{t('form.roles')}</legend>
      <div className="grid grid-cols-2 gap-x-3">
        {roles.map((role) => (
          <label key={role} className="flex h-7 items-center gap-2">
            <input
              type="checkbox"
              className="accent-[var(--accent)]"
              checked={value.includes(role)}
              onChange={() => onChange(roles.filter((each) => value.includes(each) !== (each === role)))}
            />
            <span className="truncate">{t(`role.${role}`)}</span>
          </label>
        ))}
      </div>
      {value.length === 0 && <p className="text-12 text-bad">{t('form.needsRole')}</p>}
    </fieldset>
  )
}
