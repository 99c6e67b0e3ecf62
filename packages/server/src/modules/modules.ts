import type { Module } from '../platform/module/module.ts'
import { alertsModule } from './alerts/index.ts'
import { artifactsModule } from './artifacts/index.ts'
import { auditModule } from './audit/index.ts'
import { detectionsModule } from './detections/index.ts'
import { eventsModule } from './events/index.ts'
import { huntsModule } from './hunts/index.ts'
import { identityModule } from './identity/index.ts'
import { intelModule } from './intel/index.ts'
import { rulesModule } from './rules/index.ts'
import { settingsModule } from './settings/index.ts'

/** Every module, in order of rank: each may use those above it in this list. */
export const modules: readonly Module[] = [
  auditModule,
  settingsModule,
  identityModule,
  artifactsModule,
  eventsModule,
  intelModule,
  rulesModule,
  detectionsModule,
  huntsModule,
  alertsModule,
]
