import type { LogParser } from '../../parser.ts'
import { windowsEvtxJson } from './evtx.ts'
import { windowsFlat } from './flat.ts'
import { winlogbeat } from './winlogbeat.ts'

export const windowsParsers: readonly LogParser[] = [windowsEvtxJson, winlogbeat, windowsFlat]
