import { ScanProcesses } from '../adapters/yara/scan-processes.ts'
import type { Yara } from '../platform/yara/yara.ts'

export {
  defaultYaraLimits,
  type Yara,
  YaraCrashed,
  type YaraDiagnostic,
  type YaraFile,
  type YaraMatch,
  type YaraRuleSet,
  type YaraString,
  YaraTimeout,
} from '../platform/yara/yara.ts'

/** YARA for programs without a server. @param options.size processes that scan at once */
export const openYara = (options: { size: number; engine?: 'native' | 'wasm' }): Yara => new ScanProcesses(options)
