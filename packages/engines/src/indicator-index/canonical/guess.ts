import type { IndicatorType } from '@watchfloor/contracts/intel'
import { type CanonicalIndicator, canonicalIndicator, type IndicatorProblem } from './canonical.ts'
import { refang } from './defang.ts'
import { ipWordsOf } from './ip.ts'

/** Endings that are more likely a file's than a name's; none of them is a top-level domain. */
const fileEnding =
  /\.(?:exe|dll|sys|scr|bat|cmd|ps1|psm1|vbs|vbe|js|jse|wsf|hta|lnk|doc|docx|docm|xls|xlsx|xlsm|ppt|pptx|rtf|pdf|iso|img|msi|jar|apk|bin|dat|tmp|7z|rar|gz|tar|elf|php|asp|aspx|jsp|txt|xml|json|html?)$/i

/** The type that a bare value most likely is, as in a plain list of indicators. Undefined when it looks like none. */
export function guessIndicatorType(input: string): IndicatorType | undefined {
  const text = refang(input.trim())
  if (ipWordsOf(text)) return text.includes(':') ? 'ipv6' : 'ipv4'
  if (/^[0-9a-f:.]+\/\d{1,3}$/i.test(text)) return 'cidr'
  if (/^[0-9a-f]+$/i.test(text)) {
    if (text.length === 32) return 'md5'
    if (text.length === 40) return 'sha1'
    if (text.length === 64) return 'sha256'
  }
  if (/^[a-z][a-z0-9+.-]{1,19}:\/\//i.test(text)) return 'url'
  if (/^(?:hkey_|hklm|hkcu|hku|hkcr|hkcc|\\registry\\)/i.test(text)) return 'registry-key'
  if (/^[tqd][0-9a-z]{9}_[0-9a-f]{12}_[0-9a-f]{12}$/i.test(text)) return 'ja4'
  if (/^[a-z]:\\|^\\\\|^\/[^/]/i.test(text)) return 'file-name'
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return 'email'
  if (/^mozilla\/\d/i.test(text)) return 'user-agent'
  if (/^[^\s/?]+\.[^\s/?]+[/?]/.test(text) || /^[^\s/:]+\.[^\s/:]+:\d{1,5}$/.test(text)) return 'url'
  if (fileEnding.test(text)) return 'file-name'
  return /^[^\s/\\]+\.[^\s/\\]+$/.test(text) ? 'domain' : undefined
}

/** A bare value of a plain list, read as what it looks like. */
export function readIndicator(input: string): CanonicalIndicator | IndicatorProblem {
  const type = guessIndicatorType(input)
  if (type) return canonicalIndicator(type, input)
  const text = input.trim()
  return { problem: `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}" looks like no indicator; name its type` }
}
