import { lazy, Suspense } from 'react'
import { Skeleton } from '../states.tsx'

/** A remark about a place in the text; lines and columns count from 1. */
export interface EditorMark {
  readonly line: number
  readonly column: number
  readonly level: 'error' | 'warning' | 'hint'
  readonly message: string
  readonly remedy?: string | undefined
}

/** What may stand from one place of the text to another. */
export interface EditorSuggestions {
  readonly from: number
  readonly to: number
  readonly items: readonly { readonly text: string; readonly kind: string }[]
}

export interface YamlEditorProps {
  readonly label: string
  readonly value: string
  readonly onChange?: (text: string) => void
  readonly onSave?: () => void
  readonly check?: (text: string) => Promise<readonly EditorMark[]>
  readonly readOnly?: boolean
  /** What may be written at a place of the text. */
  readonly complete?: (text: string, cursor: number) => EditorSuggestions | null
}

const CodeEditor = lazy(() => import('./code-editor.tsx'))

/** An editor for YAML; its code is loaded when one is first shown. */
export function YamlEditor(props: YamlEditorProps) {
  return (
    <div className="h-full min-h-0 overflow-hidden rounded border border-line bg-surface has-[.cm-focused]:border-focus">
      <Suspense fallback={<Skeleton className="h-full w-full rounded-none" />}>
        <CodeEditor {...props} />
      </Suspense>
    </div>
  )
}
