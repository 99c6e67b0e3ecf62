import type { Diagnostic } from '@watchfloor/contracts/rules'
import type { Paint } from './colour.ts'
import { printable } from './text.ts'

const styles = { error: 'red', warning: 'yellow', hint: 'dim' } as const

/** `SIGMA_UNKNOWN_MODIFIER rules/a.yml:14:7 "containz"; did you mean "contains"?` */
export function diagnosticText(
  diagnostic: Omit<Diagnostic, 'remedy'> & { remedy?: string | undefined },
  paint: Paint,
): string {
  const { code, level, file, line, column, message, remedy } = diagnostic
  const words = remedy ? `${message}; ${remedy}` : message
  return `${paint(styles[level], code)} ${printable(file)}:${line}:${column} ${printable(words)}\n`
}
