import { describe, expect, it } from 'vitest'
import { appText } from './app/text.en.ts'
import { accountText } from './features/account/text.en.ts'
import { alertsText } from './features/alerts/text.en.ts'
import { artifactsText } from './features/artifacts/text.en.ts'
import { auditText } from './features/audit/text.en.ts'
import { coverageText } from './features/coverage/text.en.ts'
import { eventsText } from './features/events/text.en.ts'
import { huntsText } from './features/hunts/text.en.ts'
import { patternsText } from './features/intel/patterns/text.en.ts'
import { intelText } from './features/intel/text.en.ts'
import { overviewText } from './features/overview/text.en.ts'
import { rulesText } from './features/rules/text.en.ts'
import { sessionText } from './features/session/text.en.ts'
import { settingsText } from './features/settings/text.en.ts'
import { sourcesText } from './features/sources/text.en.ts'
import { systemText } from './features/system/text.en.ts'
import { usersText } from './features/users/text.en.ts'
import type { Catalogue } from './ui/i18n.ts'
import { uiText } from './ui/text.en.ts'

const catalogues: Record<string, Catalogue> = {
  ui: uiText,
  app: appText,
  account: accountText,
  alerts: alertsText,
  artifacts: artifactsText,
  audit: auditText,
  coverage: coverageText,
  events: eventsText,
  hunts: huntsText,
  intel: intelText,
  overview: overviewText,
  patterns: patternsText,
  rules: rulesText,
  session: sessionText,
  settings: settingsText,
  sources: sourcesText,
  system: systemText,
  users: usersText,
}

const keysOf = (catalogue: Catalogue, prefix = ''): string[] =>
  Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  )

const sources = Object.entries(
  import.meta.glob<string>('./**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true }),
)
  .filter(([path]) => !/\.test\.|text\.en/.test(path))
  .map(([path, text]) => ({ path, text }))

/** Names that a file gives to translators: `const { t: ui } = useTranslation('ui')` → `ui` → `ui`. */
const translatorsOf = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/const \{ t(?:: (\w+))? \} = useTranslation\('(\w+)'\)/g)].map((match) => [
      match[1] ?? 't',
      match[2] ?? '',
    ]),
  )

describe('the catalogues', () => {
  it('hold every sentence that the interface asks for', () => {
    const missing: string[] = []
    for (const { path, text } of sources) {
      const translators = translatorsOf(text)
      // A helper that takes the short name of a key writes it as `key.${name}`; such keys are held to their beginning.
      for (const { groups } of text.matchAll(/\b(?<name>\w+)\((?:'(?<whole>[\w.-]+)'|`(?<pattern>[\w.${}-]+?)`)/g)) {
        const { name, whole, pattern } = groups ?? {}
        const namespace = translators.get(name ?? '')
        if (!namespace) continue
        const keys = keysOf(catalogues[namespace]!)
        const beginning = whole ?? pattern?.split('${')[0] ?? ''
        const found =
          whole !== undefined
            ? keys.some((key) => key === whole || key === `${whole}_other`)
            : keys.some((key) => key.startsWith(beginning))
        if (!found) missing.push(`${path}: ${namespace}:${whole ?? pattern}`)
      }
    }
    expect(missing).toEqual([])
  })

  it('are the only place with sentences', () => {
    const found = sources
      .filter(({ path }) => path.endsWith('.tsx'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+)\s*</g)].map((match) => `${path}: ${match[1]}`),
      )
    expect(found).toEqual([])
  })
})
