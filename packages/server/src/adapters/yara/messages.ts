import type { YaraFile, YaraFileNames, YaraLimits, YaraMatch, YaraRuleSet } from '../../platform/yara/yara.ts'

/** A file that the process reads by itself, or so many bytes that come through its pipe. */
export type ScanSource = { readonly path: string; readonly maxBytes: number } | { readonly pipedBytes: number }

/** The descriptor of the pipe for what is scanned. */
export const contentDescriptor = 4

export type ScanTask =
  | { readonly kind: 'load'; readonly files: readonly YaraFile[]; readonly areSound: boolean }
  | { readonly kind: 'check'; readonly files: readonly YaraFile[] }
  | {
      readonly kind: 'scan'
      readonly source: ScanSource
      readonly names: Partial<YaraFileNames>
      readonly limits: YaraLimits
    }

export type ScanRequest = ScanTask & { readonly id: number }

export type ScanValue =
  | { readonly info: YaraRuleSet; readonly soundFiles: readonly YaraFile[] }
  | { readonly matches: readonly YaraMatch[] }

export type ScanReply =
  | { readonly id: number; readonly ok: true; readonly value: ScanValue; readonly rssBytes: number }
  | {
      readonly id: number
      readonly ok: false
      readonly message: string
      readonly rssBytes: number
      readonly value?: never
    }
