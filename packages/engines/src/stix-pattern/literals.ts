import { type ComparisonExpression, comparisonsOf, type ObjectPath, type ParsedPattern } from './ast.ts'
import { minLiteral } from './gram-index.ts'
import { normalised } from './text-test.ts'

/** More are not worth their place in an index. */
const MAX_LITERALS = 1_000

/** Alternatives, and whether some of them come from LIKE: values that are compared whole are found by other ways. */
interface Literals {
  readonly texts: readonly string[]
  readonly isLike: boolean
}

/**
 * Texts of which at least one stands somewhere in a string of every observation that the pattern matches, or takes as a part of a match; in
 * NFC, as LIKE compares. Nothing when that cannot be told, or no LIKE has a part in it.
 */
export function literalsOf({ expression }: ParsedPattern): readonly string[] | undefined {
  const all = together([...comparisonsOf(expression)].map(literals))
  return all?.isLike && all.texts.length <= MAX_LITERALS ? [...new Set(all.texts)] : undefined
}

function literals(expression: ComparisonExpression): Literals | undefined {
  switch (expression.kind) {
    case 'or':
      return together(expression.operands.map(literals))
    case 'and': {
      const all = expression.operands.map(literals).filter((one) => one !== undefined)
      return all.sort((a, b) => Number(b.isLike) - Number(a.isLike) || shortest(b.texts) - shortest(a.texts))[0]
    }
    case 'text': {
      if (expression.operator !== 'LIKE' || expression.negated || isBytes(expression.path)) return undefined
      const runs = normalised(expression.value).split(/[%_]/)
      return longEnough([runs.sort((a, b) => b.length - a.length)[0] ?? ''], true)
    }
    case 'equality':
    case 'in': {
      if (expression.negated || isBytes(expression.path)) return undefined
      if (expression.kind === 'equality' && expression.operator !== '=') return undefined
      const constants = expression.kind === 'in' ? expression.constants : [expression.constant]
      const texts = constants.map((one) => (one.kind === 'string' ? normalised(one.value) : ''))
      return longEnough(texts, false)
    }
    default:
      return undefined
  }
}

function together(all: readonly (Literals | undefined)[]): Literals | undefined {
  const known = all.filter((one) => one !== undefined)
  if (known.length < all.length) return undefined
  return { texts: known.flatMap(({ texts }) => texts), isLike: known.some(({ isLike }) => isLike) }
}

const longEnough = (texts: readonly string[], isLike: boolean): Literals | undefined =>
  texts.every((text) => text.length >= minLiteral) ? { texts, isLike } : undefined

const shortest = (texts: readonly string[]): number => Math.min(...texts.map((text) => text.length))

/** Bytes stand in objects in another form than they are compared in. */
export function isBytes({ steps }: ObjectPath): boolean {
  const last = steps.findLast((step) => step.kind === 'key')
  return last?.kind === 'key' && /_(?:hex|bin)$/.test(last.name)
}
