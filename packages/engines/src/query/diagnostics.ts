export type QueryProblem =
  | 'QUERY_TOO_LONG'
  | 'QUERY_TOO_DEEP'
  | 'QUERY_UNCLOSED_QUOTE'
  | 'QUERY_UNCLOSED_PAREN'
  | 'QUERY_UNEXPECTED_PAREN'
  | 'QUERY_UNCLOSED_REGEX'
  | 'QUERY_BAD_REGEX'
  | 'QUERY_BAD_RANGE'
  | 'QUERY_BAD_NETWORK'
  | 'QUERY_MISSING_VALUE'
  | 'QUERY_MISSING_TERM'

/** One thing wrong with a query; offsets count UTF-16 units of the query's text. */
export interface QueryDiagnostic {
  readonly code: QueryProblem
  readonly message: string
  readonly remedy: string
  readonly offset: number
  readonly length: number
}
