import { useTranslation } from 'react-i18next'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { useBytes } from './data.ts'
import { hexRows } from './hex-rows.ts'

/** Bytes of an artifact around a string that matched, the string marked. */
export function HexView({ artifactId, offset, length }: { artifactId: string; offset: number; length: number }) {
  const { t } = useTranslation('artifacts')
  const start = Math.max(0, Math.floor(offset / 16) * 16 - 32)
  const bytes = useBytes(artifactId, start)
  if (bytes.isPending) return <Skeleton className="h-40" />
  if (bytes.isError) return <ErrorLine error={bytes.error} />
  return (
    <table aria-label={t('matches.hex')} className="mono text-12">
      <tbody>
        {hexRows(bytes.data.hex, start, { offset, length }).map((row) => (
          <tr key={row.offset}>
            <th scope="row" className="pr-4 text-left font-normal text-text-3">
              {row.offset.toString(16).padStart(8, '0')}
            </th>
            <td className="pr-4 whitespace-pre">
              {row.bytes.map(({ at, hex, isMarked }) => (
                <span key={at} className={isMarked ? 'bg-accent-soft font-semibold text-text' : 'text-text-2'}>
                  {hex}{' '}
                </span>
              ))}
            </td>
            <td className="whitespace-pre">
              {row.bytes.map(({ at, text, isMarked }) => (
                <span key={at} className={isMarked ? 'bg-accent-soft font-semibold text-text' : 'text-text-2'}>
                  {text}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
