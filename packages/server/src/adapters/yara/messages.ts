import type {
  YaraFile,
  YaraFileNames,
  YaraLimits,
  YaraMatch,
  YaraRuleSet,
  YaraTarget,
} from '../../platform/yara/yara.ts'

export type ScanTask =
  | { readonly kind: 'load'; readonly files: readonly YaraFile[]; readonly areSound: boolean }
  | { readonly kind: 'check'; readonly files: readonly YaraFile[] }
  | {
      readonly kind: 'scan'
      readonly target: YaraTarget
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
