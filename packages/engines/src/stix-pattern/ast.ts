import type { Span } from './diagnostics.ts'

/** The versions of the language; they differ in how START and STOP are written and in EXISTS. */
export type PatternVersion = '2.0' | '2.1'

export type Constant =
  | { readonly kind: 'string'; readonly value: string }
  /** `text` is as it was written: floats have no other exact form. */
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'hex'; readonly bytes: Uint8Array; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array; readonly text: string }
  | { readonly kind: 'timestamp'; readonly text: string }

export type PathStep =
  | { readonly kind: 'key'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'every' }

export interface ObjectPath {
  readonly type: string
  readonly steps: readonly PathStep[]
  readonly span: Span
}

export type EqualityOperator = '=' | '!='
export type OrderOperator = '<' | '<=' | '>' | '>='
export type TextOperator = 'LIKE' | 'MATCHES'
export type SetOperator = 'ISSUBSET' | 'ISSUPERSET'

interface OnPath {
  readonly path: ObjectPath
  readonly negated: boolean
  /** Of the constant. */
  readonly span: Span
}

export type Comparison =
  | (OnPath & { readonly kind: 'equality'; readonly operator: EqualityOperator; readonly constant: Constant })
  | (OnPath & { readonly kind: 'order'; readonly operator: OrderOperator; readonly constant: Constant })
  | (OnPath & { readonly kind: 'in'; readonly constants: readonly Constant[] })
  | (OnPath & { readonly kind: 'text'; readonly operator: TextOperator; readonly value: string })
  | (OnPath & { readonly kind: 'network'; readonly operator: SetOperator; readonly value: string })
  | (OnPath & { readonly kind: 'exists' })

/** What one object of one observation must fulfil. */
export type ComparisonExpression =
  | Comparison
  | { readonly kind: 'and'; readonly operands: readonly ComparisonExpression[]; readonly span: Span }
  | { readonly kind: 'or'; readonly operands: readonly ComparisonExpression[]; readonly span: Span }

export type Qualifier =
  | { readonly kind: 'within'; readonly seconds: number; readonly text: string; readonly span: Span }
  | { readonly kind: 'repeats'; readonly times: number; readonly span: Span }
  /** Timestamps as they were written, without quotes. */
  | { readonly kind: 'between'; readonly start: string; readonly stop: string; readonly span: Span }

export type ObservationOperator = 'AND' | 'OR' | 'FOLLOWEDBY'

export type ObservationExpression =
  | { readonly kind: 'observation'; readonly expression: ComparisonExpression; readonly span: Span }
  | {
      readonly kind: 'combined'
      readonly operator: ObservationOperator
      readonly left: ObservationExpression
      readonly right: ObservationExpression
      readonly span: Span
    }
  | {
      /** Qualified within qualified means that parentheses stand between. */
      readonly kind: 'qualified'
      readonly expression: ObservationExpression
      readonly qualifiers: readonly Qualifier[]
      readonly span: Span
    }

export interface ParsedPattern {
  readonly version: PatternVersion
  readonly expression: ObservationExpression
  readonly text: string
}

/** What stands between `[` and `]`, all over a pattern. */
export function* comparisonsOf(expression: ObservationExpression): Generator<ComparisonExpression> {
  const waiting = [expression]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'observation') yield next.expression
    else if (next.kind === 'qualified') waiting.push(next.expression)
    else waiting.push(next.right, next.left)
  }
}

/** The comparisons of an expression, from left to right. */
export function* leavesOf(expression: ComparisonExpression): Generator<Comparison> {
  const waiting = [expression]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'and' || next.kind === 'or') waiting.push(...[...next.operands].reverse())
    else yield next
  }
}
