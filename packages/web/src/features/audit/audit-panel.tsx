import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/copy.tsx'
import { AbsoluteTime } from '../../ui/display.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Facts, Section } from '../../ui/page.tsx'
import type { AuditLine } from './data.ts'
import { differences } from './diff.ts'

/** One record of the log, with what changed. */
export function AuditPanel({ record }: { record: AuditLine }) {
  const { t } = useTranslation('audit')
  const changes = differences(record.before, record.after)
  return (
    <div className="flex flex-col gap-4 p-4">
      <div>
        <h2 className="mono text-14! font-semibold">{record.action}</h2>
        <p className="text-text-2">{record.object.title ?? record.object.id}</p>
      </div>
      <Section title={t('panel.change')} padded={false}>
        {changes.length === 0 ? (
          <p className="p-3 text-text-2">{t('panel.nothing')}</p>
        ) : (
          <table className="w-full table-fixed">
            <thead>
              <tr className="border-b border-line text-left text-12 text-text-3">
                <th scope="col" className="w-[28%] px-3 py-1 font-normal">
                  {t('panel.field')}
                </th>
                <th scope="col" className="px-2 py-1 font-normal">
                  {t('panel.before')}
                </th>
                <th scope="col" className="px-2 py-1 font-normal">
                  {t('panel.after')}
                </th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <tr key={change.path} className="border-b border-line align-top last:border-b-0">
                  <th scope="row" className="mono px-3 py-1.5 text-left font-normal break-words text-text-2">
                    {change.path}
                  </th>
                  <td className="p-1">
                    {change.before !== undefined && (
                      <del className="mono block rounded-sm bg-bad-soft px-1.5 py-0.5 break-words whitespace-pre-wrap no-underline">
                        {change.before}
                      </del>
                    )}
                  </td>
                  <td className="p-1">
                    {change.after !== undefined && (
                      <ins className="mono block rounded-sm bg-good-soft px-1.5 py-0.5 break-words whitespace-pre-wrap no-underline">
                        {change.after}
                      </ins>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
      <Section title={t('panel.facts')}>
        <Facts
          items={[
            [t('column.at'), <AbsoluteTime key="a" at={record.at} />],
            [t('column.actor'), `${record.actor.name} · ${t(`actorKind.${record.actor.kind}`)}`],
            [
              t('column.object'),
              <span key="o" className="mono break-all">{`${record.object.type} ${record.object.id}`}</span>,
            ],
            ...(record.reason ? [[t('panel.reason'), record.reason] as const] : []),
            ...(record.count === null ? [] : [[t('column.count'), formatCount(record.count)] as const]),
            [t('column.ip'), record.ip ?? '–'],
            [
              t('panel.userAgent'),
              <span key="u" className="break-words">
                {record.userAgent ?? '–'}
              </span>,
            ],
            [
              t('panel.request'),
              record.requestId ? (
                <span key="r" className="flex items-center gap-1">
                  <code className="mono break-all">{record.requestId}</code>
                  <CopyButton value={record.requestId} />
                </span>
              ) : (
                '–'
              ),
            ],
            [t('column.number'), record.number === null ? t('unsealed') : formatCount(record.number)],
            [
              t('panel.hash'),
              <code key="h" className="mono break-all">
                {record.hash ?? t('unsealed')}
              </code>,
            ],
          ]}
        />
      </Section>
    </div>
  )
}
