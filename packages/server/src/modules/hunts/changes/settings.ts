import { z } from 'zod'
import type { Setting, Settings } from '../../settings/index.ts'

export interface HuntSettings {
  /** 0: new and changed rules are not looked for in history. */
  readonly changedRuleDays: Setting<number>
  readonly changedRuleAlerts: Setting<boolean>
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
})
