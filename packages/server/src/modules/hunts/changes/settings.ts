import { z } from 'zod'
import type { Setting, Settings } from '../../settings/index.ts'

export interface HuntSettings {
  /** 0: new and changed rules are not looked for in history. */
  readonly changedRuleDays: Setting<number>
  readonly changedRuleAlerts: Setting<boolean>
  /** 0: new and changed indicators and patterns are not looked for in history. */
  readonly changedIndicatorDays: Setting<number>
  readonly changedIndicatorAlerts: Setting<boolean>
}

export const defineHuntSettings = (settings: Settings): HuntSettings => ({
  changedRuleDays: settings.define({
    key: 'hunts.changedRuleDays',
    title: 'Look for new rules in history',
    description:
      'Rules that are switched on or changed run over the stored events of so many days; what they find becomes retrospective detections. 0: they do not.',
    schema: z.number().int().min(0).max(365),
    default: 0,
    unit: 'days',
  }),
  changedRuleAlerts: settings.define({
    key: 'hunts.changedRuleAlerts',
    title: 'Raise alerts for what new rules find in history',
    description: 'Off, the detections are kept without alerts.',
    schema: z.boolean(),
    default: true,
  }),
  changedIndicatorDays: settings.define({
    key: 'hunts.changedIndicatorDays',
    title: 'Look for new indicators in history',
    description:
      'Indicators and STIX patterns that are new, are switched on or have changed are looked for in the stored events of so many days, all of an import at once; what they find becomes retrospective detections. 0: they are not.',
    schema: z.number().int().min(0).max(365),
    default: 0,
    unit: 'days',
  }),
  changedIndicatorAlerts: settings.define({
    key: 'hunts.changedIndicatorAlerts',
    title: 'Raise alerts for what new indicators find in history',
    description: 'Off, the detections are kept without alerts.',
    schema: z.boolean(),
    default: true,
  }),
})
