import type { FileFacts } from '@watchfloor/contracts/artifacts'
import { useTranslation } from 'react-i18next'
import { AbsoluteTime } from '../../ui/display.tsx'
import { formatBytes, formatCount } from '../../ui/format/number.ts'
import { Facts, Section } from '../../ui/page.tsx'

/** What a program, a document or an archive says of itself. */
export function FactsView({ facts }: { facts: FileFacts }) {
  return (
    <>
      {facts.pe && <PeView pe={facts.pe} />}
      {facts.elf && <ElfView elf={facts.elf} />}
      {facts.pdf && <PdfView pdf={facts.pdf} />}
      {facts.office && <OfficeView office={facts.office} />}
      {facts.archive && <ArchiveView archive={facts.archive} />}
    </>
  )
}

type Of<Name extends keyof FileFacts> = NonNullable<FileFacts[Name]>

const List = ({ items }: { items: readonly string[] }) => (
  <ul className="mono max-h-48 overflow-auto text-12">
    {items.map((item) => (
      <li key={item} className="break-all">
        {item}
      </li>
    ))}
  </ul>
)

function PeView({ pe }: { pe: Of<'pe'> }) {
  const { t } = useTranslation('artifacts')
  const yes = (value: boolean) => t(value ? 'facts.yes' : 'facts.no')
  return (
    <Section title={t('program.title')}>
      <div className="flex flex-col gap-3">
        <Facts
          items={[
            [t('program.machine'), pe.machine],
            [t('program.kind'), `${t(pe.isLibrary ? 'program.library' : 'program.program')} · ${pe.subsystem}`],
            [t('program.built'), pe.builtAt ? <AbsoluteTime key="b" at={pe.builtAt} /> : t('facts.none')],
            [
              t('program.imphash'),
              <span key="i" className="mono break-all">
                {pe.imphash ?? t('facts.none')}
              </span>,
            ],
            [t('program.signed'), yes(pe.isSigned)],
            [t('program.overlay'), formatBytes(pe.overlayBytes)],
          ]}
        />
        <Sections sections={pe.sections} />
        {pe.imports.length > 0 && (
          <details>
            <summary className="cursor-pointer">
              {t('program.imports')} · {t('program.importCount', { formatted: formatCount(pe.importCount) })}
            </summary>
            <List items={pe.imports.map(({ library, functions }) => `${library}: ${functions.join(', ')}`)} />
          </details>
        )}
      </div>
    </Section>
  )
}

function ElfView({ elf }: { elf: Of<'elf'> }) {
  const { t } = useTranslation('artifacts')
  return (
    <Section title={t('program.title')}>
      <div className="flex flex-col gap-3">
        <Facts
          items={[
            [t('program.machine'), elf.machine],
            [t('program.kind'), elf.kind],
            [t('program.interpreter'), elf.interpreter ?? t('facts.none')],
            [t('program.stripped'), t(elf.isStripped ? 'facts.yes' : 'facts.no')],
            [t('program.imports'), elf.libraries.length > 0 ? elf.libraries.join(', ') : t('facts.none')],
          ]}
        />
        <Sections sections={elf.sections} />
      </div>
    </Section>
  )
}

/** Above it, a section is most likely packed or encrypted. */
const highEntropy = 7.2

function Sections({ sections }: { sections: Of<'pe'>['sections'] }) {
  const { t } = useTranslation('artifacts')
  return (
    <table aria-label={t('program.sections')} className="w-full max-w-xl text-left">
      <thead className="text-text-3">
        <tr>
          <th className="font-normal">{t('program.section')}</th>
          <th className="text-right font-normal">{t('program.offset')}</th>
          <th className="text-right font-normal">{t('facts.size')}</th>
          <th className="text-right font-normal">{t('facts.entropy')}</th>
        </tr>
      </thead>
      <tbody>
        {sections.map(({ name, offset, sizeBytes, entropy }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sections may share a name and a place
          <tr key={index}>
            <td className="mono">{name}</td>
            <td className="mono text-right">0x{offset.toString(16)}</td>
            <td className="text-right tabular-nums">{formatBytes(sizeBytes)}</td>
            <td className={`text-right tabular-nums ${entropy >= highEntropy ? 'font-semibold text-warn' : ''}`}>
              {entropy.toFixed(2)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const pdfFlags = [
  'hasJavaScript',
  'hasEmbeddedFiles',
  'hasOpenAction',
  'hasLaunch',
  'hasForms',
  'isEncrypted',
  'hasObjectStreams',
] as const

function PdfView({ pdf }: { pdf: Of<'pdf'> }) {
  const { t } = useTranslation('artifacts')
  const holds = pdfFlags.filter((flag) => pdf[flag]).map((flag) => t(`pdf.${flag}`))
  return (
    <Section title={t('pdf.title')}>
      <Facts
        items={[
          [t('pdf.version'), pdf.version],
          [t('pdf.pages'), formatCount(pdf.pages)],
          [t('pdf.does'), holds.join(', ') || t('facts.none')],
          [t('pdf.uris'), pdf.uris.length > 0 ? <List key="u" items={pdf.uris} /> : t('facts.none')],
        ]}
      />
    </Section>
  )
}

function OfficeView({ office }: { office: Of<'office'> }) {
  const { t } = useTranslation('artifacts')
  const holds = (['hasMacros', 'hasEmbeddedObjects', 'isEncrypted'] as const)
    .filter((flag) => office[flag])
    .map((flag) => t(`office.${flag}`))
  return (
    <Section title={t('office.title')}>
      <Facts
        items={[
          [t('office.application'), office.application ?? t('facts.none')],
          [t('office.does'), holds.join(', ') || t('facts.none')],
          [
            t('office.links'),
            office.externalLinks.length > 0 ? <List key="l" items={office.externalLinks} /> : t('facts.none'),
          ],
          [t('office.streams'), <List key="s" items={office.streams} />],
        ]}
      />
    </Section>
  )
}

function ArchiveView({ archive }: { archive: Of<'archive'> }) {
  const { t } = useTranslation('artifacts')
  return (
    <Section title={t('archive.title')}>
      <Facts
        items={[
          [t('archive.members'), formatCount(archive.members)],
          [t('archive.unpacked'), `${formatCount(archive.unpackedMembers)} · ${formatBytes(archive.unpackedBytes)}`],
          [t('archive.encrypted'), t(archive.isEncrypted ? 'facts.yes' : 'facts.no')],
          [
            t('archive.refused'),
            archive.refused.length > 0 ? (
              <List key="r" items={archive.refused.map(({ path, reason }) => (path ? `${path}: ${reason}` : reason))} />
            ) : (
              t('facts.none')
            ),
          ],
        ]}
      />
    </Section>
  )
}
