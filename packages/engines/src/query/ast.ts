/** What a value must be. Text comparisons ignore case. */
export type ValueTest =
  | { readonly kind: 'equals'; readonly value: string | number | boolean }
  /** `*` any run, `?` any one character; `\*`, `\?`, `\\` for themselves. */
  | { readonly kind: 'wildcard'; readonly pattern: string }
  | {
      readonly kind: 'range'
      readonly gt?: number | string
      readonly gte?: number | string
      readonly lt?: number | string
      readonly lte?: number | string
    }
  /** `source.ip:10.0.0.0/8`, v4 or v6. */
  | { readonly kind: 'cidr'; readonly network: string }
  /** RE2 syntax: linear time. */
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'exists' }

/** A search over events, as the parser of our query language makes it and as event stores compile it. */
export type QueryNode =
  | { readonly kind: 'all' }
  | { readonly kind: 'and'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'or'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'not'; readonly node: QueryNode }
  | { readonly kind: 'field'; readonly field: string; readonly test: ValueTest }
  /** Words without a field: anywhere in the original text, case-insensitive; `*` and `?` as wildcards. */
  | { readonly kind: 'text'; readonly text: string }
