import { Search } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { Kbd } from '../kbd.tsx'

export interface QueryEditorProps {
  readonly label: string
  readonly placeholder: string
  /** The query that is in force. */
  readonly value: string
  readonly onSubmit: (query: string) => void
  /** With every change, before it is in force. */
  readonly onChange?: (query: string) => void
  readonly complete: (
    query: string,
    cursor: number,
  ) => Promise<{
    from: number
    to: number
    items: readonly { text: string; kind: 'field' | 'operator' | 'value'; detail?: string | undefined }[]
  } | null>
  readonly check: (
    query: string,
  ) => Promise<readonly { offset: number; length: number; message: string; remedy?: string | undefined }[]>
  readonly autoFocus?: boolean
}

const QueryEditor = lazy(() => import('./query-editor.tsx'))

/** The query field. Until the editor has arrived, its text stands in its place at the same size. */
export function QueryInput(props: QueryEditorProps) {
  return (
    <div
      data-filter
      className="field relative flex h-8 min-w-0 flex-1 items-center gap-2 px-2.5! has-[.cm-focused]:outline-2 has-[.cm-focused]:-outline-offset-1 has-[.cm-focused]:outline-focus [&:has(.cm-focused)_.kbd]:hidden"
    >
      <Search size={14} aria-hidden className="shrink-0 text-text-3" />
      <Suspense
        fallback={<span className="mono min-w-0 flex-1 truncate text-text-2">{props.value || props.placeholder}</span>}
      >
        <QueryEditor {...props} />
      </Suspense>
      {props.value === '' && <Kbd keys="/" />}
    </div>
  )
}
