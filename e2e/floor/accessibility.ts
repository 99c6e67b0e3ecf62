import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
let axeSource: string | undefined

interface AxeViolation {
  readonly id: string
  readonly impact: 'minor' | 'moderate' | 'serious' | 'critical' | null
  readonly help: string
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[]
}

/** What axe calls serious or critical on the page as it stands, one line each with the first places. */
export async function seriousFindings(page: Page): Promise<string[]> {
  axeSource ??= await readFile(axeFile, 'utf8')
  // Handed to the debugger, so that the page's content policy stays as strict as it is.
  await page.evaluate(axeSource)
  const violations = await page.evaluate(
    async (): Promise<AxeViolation[]> =>
      (
        globalThis as unknown as {
          axe: { run(context: unknown, options: unknown): Promise<{ violations: AxeViolation[] }> }
        }
      ).axe
        .run(document, { resultTypes: ['violations'] })
        .then((result) => result.violations),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, help, nodes }) => {
      const places = nodes
        .slice(0, 3)
        .map((node) => `${node.target.join(' ')} (${node.failureSummary?.replace(/\s+/g, ' ')})`)
      return `${impact} ${id}: ${help}: ${places.join('; ')}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ''}`
    })
}
