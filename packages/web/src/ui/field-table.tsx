import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from './copy.tsx'
import { fieldText, prettyRaw } from './format/field-value.ts'
import { ValueChip } from './value-chip.tsx'

/** An event's fields, matched ones first and marked; the untouched original behind a tab. */
export function FieldTable({
  fields,
  raw,
  matched,
  note,
}: {
  fields: Readonly<Record<string, unknown>>
  raw: string
  matched?: ReadonlyMap<string, string>
  note?: (field: string) => string | undefined
}) {
  const { t } = useTranslation('ui')
  const [tab, setTab] = useState<'fields' | 'raw'>('fields')
  const [filter, setFilter] = useState('')
  const names = useMemo(() => {
    const wanted = filter.toLowerCase()
    return Object.keys(fields)
      .filter(
        (name) =>
          wanted === '' ||
          name.toLowerCase().includes(wanted) ||
          fieldText(fields[name]).toLowerCase().includes(wanted),
      )
      .sort((a, b) => Number(matched?.has(b) ?? false) - Number(matched?.has(a) ?? false) || (a < b ? -1 : 1))
  }, [fields, filter, matched])
  return (
    <div className="@container">
      <div className="flex items-center gap-1 border-b border-line px-2 py-1">
        <div role="tablist" aria-label={t('fields.tabs')} className="flex gap-0.5">
          {(['fields', 'raw'] as const).map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              aria-selected={tab === each}
              onClick={() => setTab(each)}
              className="h-6 rounded-sm px-2 text-12 text-text-2 aria-selected:bg-surface-3 aria-selected:text-text"
            >
              {t(`fields.${each}`)}
            </button>
          ))}
        </div>
        {tab === 'fields' ? (
          <input
            aria-label={t('fields.filter')}
            placeholder={t('fields.filter')}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            className="field ml-auto h-6! w-40! px-2! text-12"
          />
        ) : (
          <span className="ml-auto">
            <CopyButton value={raw} />
          </span>
        )}
      </div>
      {tab === 'raw' ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0} className="mono max-h-[60vh] overflow-auto p-3 break-all whitespace-pre-wrap">
          {prettyRaw(raw)}
        </pre>
      ) : (
        <table className="w-full table-fixed border-collapse">
          <caption className="sr-only">{t('fields.fields')}</caption>
          <colgroup>
            <col className="w-32 @md:w-44 @3xl:w-64" />
            <col />
          </colgroup>
          <thead className="sr-only">
            <tr>
              <th scope="col">{t('fields.field')}</th>
              <th scope="col">{t('fields.value')}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name} className="border-b border-line last:border-b-0 hover:bg-surface-2">
                <th
                  scope="row"
                  title={note?.(name) ?? name}
                  className="mono truncate py-1 pr-2 pl-3 text-left align-top font-normal text-text-3"
                >
                  {name}
                </th>
                <td className="py-1 pr-3 align-top">
                  <FieldValue field={name} value={fields[name]} marked={matched?.get(name)} />
                  {note?.(name) && <span className="block text-12 text-text-3">{note(name)}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

const shownChars = 600

function FieldValue({ field, value, marked }: { field: string; value: unknown; marked: string | undefined }) {
  const { t } = useTranslation('ui')
  const [whole, setWhole] = useState(false)
  const values = Array.isArray(value) ? value : [value]
  return (
    <span className="flex flex-col items-start gap-0.5">
      {values.slice(0, whole ? 500 : 20).map((each, index) => {
        const text = fieldText(each)
        const shown = whole || text.length <= shownChars ? text : `${text.slice(0, shownChars)}…`
        const isMarked = marked !== undefined && (marked === text || text.includes(marked))
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: values of one field may repeat
          <ValueChip key={index} field={field} value={text} plain>
            {isMarked ? <mark>{shown}</mark> : shown === '' ? '""' : shown}
          </ValueChip>
        )
      })}
      {!whole && (values.length > 20 || values.some((each) => fieldText(each).length > shownChars)) && (
        <button type="button" className="link text-12" onClick={() => setWhole(true)}>
          {t('fields.more')}
        </button>
      )}
    </span>
  )
}
