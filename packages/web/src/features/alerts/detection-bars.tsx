import { useNavigate } from '@tanstack/react-router'
import type { AlertDetail } from '@watchfloor/contracts/alerts'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { lookUpQuery } from '../../app/look-up.ts'
import { TimeBars } from '../../ui/charts/time-bars.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { Section } from '../../ui/page.tsx'
import { severityColour } from '../../ui/severity.tsx'
import { bucketTimes } from './bucket-times.ts'
import { tellingEntities } from './filter.ts'

/** When the detections of an alert happened. */
export function DetectionBars({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation('alerts')
  const navigate = useNavigate()
  const { bars, intervalMs } = useMemo(
    () =>
      bucketTimes(
        alert.detections.map((detection) => Date.parse(detection.time)),
        48,
      ),
    [alert.detections],
  )
  const [entity] = tellingEntities(alert.entities, 1)
  const shown = alert.detections.length
  return (
    <Section
      title={t('page.detectionsTimeline')}
      actions={
        shown < alert.count && (
          <span className="text-12 text-text-3">
            {t('page.detectionsShown', { shown: formatCount(shown), total: formatCount(alert.count) })}
          </span>
        )
      }
    >
      <TimeBars
        label={t('page.detectionsTimeline')}
        heightPx={56}
        intervalMs={intervalMs}
        bars={bars.map((bar) => ({
          startMs: bar.startMs,
          parts: [{ key: 'd', label: t('page.detections'), colour: severityColour(alert.severity), count: bar.count }],
        }))}
        onChoose={(fromMs, toMs) =>
          void navigate({
            to: '/events',
            search: {
              from: new Date(fromMs).toISOString(),
              to: new Date(toMs).toISOString(),
              ...(entity && { q: lookUpQuery(entity[0], entity[1]) }),
            },
          })
        }
      />
    </Section>
  )
}
