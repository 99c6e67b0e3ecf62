import { Link } from '@tanstack/react-router'
import type { YaraEvidence } from '@watchfloor/contracts/kernel'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'
import { formatBytes, formatCount } from '../../ui/format/number.ts'
import { Facts } from '../../ui/page.tsx'
import { ValueChip } from '../../ui/value-chip.tsx'

/** A YARA rule that matched a file: which, whose, where in the file, and what the rule says of itself. */
export function YaraView({ evidence }: { evidence: YaraEvidence }) {
  const { t } = useTranslation('alerts')
  return (
    <div className="flex flex-col gap-3 p-3">
      <Facts items={factsOf(evidence, t)} />
      {evidence.strings.length > 0 && (
        <div>
          <h3 className="label mb-1">
            {t('yara.strings', { count: evidence.stringsFound, formatted: formatCount(evidence.stringsFound) })}
            {evidence.stringsFound > evidence.strings.length &&
              ` · ${t('yara.shown', { shown: formatCount(evidence.strings.length) })}`}
          </h3>
          <ul className="max-h-72 divide-y divide-line overflow-auto rounded border border-line">
            {evidence.strings.map(({ identifier, offset, preview }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one string may stand at one place twice, and the list never changes
              <li key={index} className="mono grid grid-cols-[6rem_6rem_1fr] gap-3 px-2 py-1 text-12">
                <span className="truncate text-accent-text" title={identifier}>
                  {identifier}
                </span>
                <span className="text-text-3" title={formatCount(offset)}>
                  0x{offset.toString(16)}
                </span>
                <span className="break-all">{preview}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

function factsOf(evidence: YaraEvidence, t: TFunction<'alerts'>) {
  const { ruleSet } = evidence
  const items: (readonly [string, ReactNode])[] = [
    [
      t('evidence.artifact'),
      <Link key="a" to="/artifacts/$artifactId" params={{ artifactId: evidence.artifactId }} className="link break-all">
        {evidence.artifactName}
      </Link>,
    ],
    ['SHA-256', <ValueChip key="h" field="file.hash.sha256" value={evidence.sha256} />],
    [t('yara.file'), `${evidence.fileType} · ${formatBytes(evidence.sizeBytes)}`],
    [t('yara.from'), t('yara.by', { source: evidence.source, who: evidence.submittedBy })],
    [
      t('yara.rule'),
      <span key="r" className="flex flex-wrap items-center gap-1">
        <code className="break-all">{evidence.rule}</code>
        {evidence.tags.map((tag) => (
          <Chip key={tag}>{tag}</Chip>
        ))}
      </span>,
    ],
    [t('yara.set'), `${t('yara.version', { name: ruleSet.name, version: ruleSet.version })} · ${evidence.file}`],
  ]
  if (evidence.description) items.push([t('yara.description'), evidence.description])
  if (evidence.author) items.push([t('yara.author'), evidence.author])
  if (evidence.references.length > 0)
    items.push([
      t('page.references'),
      <ul key="f">
        {evidence.references.map((reference) => (
          <li key={reference} className="mono break-all">
            {reference}
          </li>
        ))}
      </ul>,
    ])
  return items
}
