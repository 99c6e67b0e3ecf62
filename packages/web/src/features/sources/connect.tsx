import { Link } from '@tanstack/react-router'
import type { Source } from '@watchfloor/contracts/events'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'
import { keyPlaceholder, shipperExample, shippers } from './shipper-examples.ts'

/** Lines to paste into a shipper, with this server's address and this source's name in them. */
export function Connect({ source }: { source: Source }) {
  const { t } = useTranslation('sources')
  const [shipper, setShipper] = useState(shippers[0]!)
  if (source.kind === 'file') return <Section title={t('panel.connect')}>{t('connect.fileText')}</Section>
  if (source.kind === 'syslog') return <Section title={t('panel.connect')}>{t('connect.syslogText')}</Section>
  const example = shipperExample(shipper, window.location.origin, source.name)
  return (
    <Section title={t('panel.connect')} actions={<CopyButton value={example} label={t('connect.copy')} />}>
      <p className="mb-2 text-text-2">
        {t('connect.text', { placeholder: keyPlaceholder })}{' '}
        <Link to="/account" hash="api-keys" className="link">
          {t('connect.keyLink')}
        </Link>
      </p>
      <div role="tablist" aria-label={t('panel.connect')} className="mb-2 flex flex-wrap gap-0.5">
        {shippers.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            aria-selected={each === shipper}
            onClick={() => setShipper(each)}
            className="h-7 rounded px-2 text-12 text-text-2 aria-selected:bg-surface-3 aria-selected:text-text"
          >
            {t(`connect.${each}`)}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="mono overflow-auto rounded bg-surface-2 p-3">
        {example}
      </pre>
    </Section>
  )
}
