import type { ArtifactDetail, YaraMatch } from '@watchfloor/contracts/artifacts'
import { BellOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Section } from '../../ui/page.tsx'
import { HexView } from './hex-view.tsx'

/** Rules that matched, with what they say of themselves and the strings where they were found. */
export function MatchesView({ artifact }: { artifact: ArtifactDetail }) {
  const { t } = useTranslation('artifacts')
  const { matches, scan } = artifact
  const words =
    scan.state === 'failed'
      ? t('matches.failed', { error: scan.error })
      : scan.state === 'waiting'
        ? t('matches.waiting')
        : t('matches.none')
  return (
    <Section title={t('matches.title')} padded={false}>
      {(matches.length === 0 || scan.state === 'failed') && <p className="p-3 text-text-2">{words}</p>}
      <ul className="divide-y divide-line">
        {matches.map((match) => (
          <li key={`${match.set.id} ${match.file} ${match.rule}`} className="p-3">
            <MatchView artifactId={artifact.id} match={match} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

const offsetText = (offset: number): string => `0x${offset.toString(16).padStart(8, '0')}`

function MatchView({ artifactId, match }: { artifactId: string; match: YaraMatch }) {
  const { t } = useTranslation('artifacts')
  const [shown, setShown] = useState(0)
  const string = match.strings[shown]
  return (
    <article className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="mono font-semibold break-all">{match.rule}</h3>
        {match.tags.map((tag) => (
          <Chip key={tag}>{tag}</Chip>
        ))}
        {match.isSilent && (
          <Chip icon={<BellOff size={12} aria-hidden />} title={t('matches.silentHint')}>
            {t('matches.silent')}
          </Chip>
        )}
        <span className="text-text-3">
          {match.set.name} · {match.file}
        </span>
      </div>
      {match.meta.length > 0 && (
        <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-0.5">
          {match.meta.map(({ name, value }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, and the list never changes
            <div key={index} className="contents">
              <dt className="text-text-3">{name}</dt>
              <dd className="break-words">{String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {match.strings.length > 0 && (
        <>
          <p className="text-text-2">
            {t('matches.strings', { count: match.stringsFound, formatted: formatCount(match.stringsFound) })}
            {match.stringsFound > match.strings.length &&
              ` ${t('matches.more', { shown: formatCount(match.strings.length) })}`}
          </p>
          <div className="flex max-h-24 flex-wrap gap-1 overflow-auto">
            {match.strings.map(({ id, offset }, index) => (
              <button
                // biome-ignore lint/suspicious/noArrayIndexKey: one string may stand at one place twice
                key={index}
                type="button"
                aria-pressed={index === shown}
                className={
                  index === shown
                    ? 'mono rounded border border-accent bg-accent-soft px-1.5 text-12'
                    : 'mono rounded border border-line px-1.5 text-12 hover:bg-surface-2'
                }
                onClick={() => setShown(index)}
              >
                {id} {offsetText(offset)}
              </button>
            ))}
          </div>
          {string && (
            <div className="overflow-auto rounded border border-line p-2">
              <HexView artifactId={artifactId} offset={string.offset} length={string.length} />
            </div>
          )}
        </>
      )}
    </article>
  )
}
