import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  completionStatus,
  pickedCompletion,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { type Diagnostic as LintMark, linter } from '@codemirror/lint'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { QueryEditorProps } from './query-input.tsx'
import { editorTheme } from './theme.ts'

const kinds = { field: 'property', operator: 'keyword', value: 'constant' } as const

/** A completed field brings its colon; one typed right behind it out of habit is not put in twice. */
function swallowTypedColon(): Extension {
  let completedTo = -1
  return [
    EditorView.updateListener.of(({ docChanged, transactions, state }) => {
      if (!docChanged) return
      const head = state.selection.main.head
      const completed = transactions.some((change) => change.annotation(pickedCompletion) !== undefined)
      completedTo = completed && state.doc.sliceString(head - 1, head) === ':' ? head : -1
    }),
    EditorView.inputHandler.of((_editor, from, to, text) => {
      const twice = text === ':' && from === to && from === completedTo
      if (twice) completedTo = -1
      return twice
    }),
  ]
}

/** The query field itself: one line, completion and diagnostics from the server. Loaded when first shown. */
export default function QueryEditor(props: QueryEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(props)
  latest.current = props

  // Made once; everything that changes is read through `latest`.
  useEffect(() => {
    const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
      if (
        !context.explicit &&
        context.state.doc.length > 0 &&
        /\s$/.test(context.state.doc.sliceString(0, context.pos)) &&
        !context.matchBefore(/(and|or|not)\s/i)
      )
        return null
      const answer = await latest.current.complete(context.state.doc.toString(), context.pos)
      if (!answer || context.aborted) return null
      return {
        from: answer.from,
        to: answer.to,
        filter: false,
        options: answer.items.map((item) => ({
          label: item.text,
          type: kinds[item.kind],
          ...(item.detail && { detail: item.detail }),
        })),
      }
    }
    const check = async (editor: EditorView): Promise<LintMark[]> => {
      const text = editor.state.doc.toString()
      if (text.trim() === '') return []
      const diagnostics = await latest.current.check(text)
      return diagnostics.map(({ offset, length, message, remedy }) => {
        const from = Math.min(offset, editor.state.doc.length)
        return {
          from,
          to: Math.min(Math.max(from + length, from + 1), Math.max(from, editor.state.doc.length)),
          severity: 'error',
          message: remedy ? `${message} – ${remedy}` : message,
        }
      })
    }
    const submit = (editor: EditorView): boolean => {
      if (completionStatus(editor.state) === 'active') return false
      latest.current.onSubmit(editor.state.doc.toString().trim())
      return true
    }
    const editor = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          Prec.highest(
            keymap.of([
              { key: 'Enter', run: (target) => submit(target) },
              // While a list is open or on its way, Tab belongs to it and never leaves the field.
              { key: 'Tab', run: (target) => acceptCompletion(target) || completionStatus(target.state) !== null },
              {
                key: 'Escape',
                run: (target) => {
                  if (completionStatus(target.state) !== null) return false
                  target.contentDOM.blur()
                  return true
                },
              },
            ]),
          ),
          EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [] : change)),
          history(),
          closeBrackets(),
          autocompletion({
            override: [complete],
            icons: false,
            activateOnTyping: true,
            defaultKeymap: true,
            interactionDelay: 0,
          }),
          swallowTypedColon(),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString())
          }),
          linter(check, { delay: 350 }),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          placeholder(latest.current.placeholder),
          EditorView.contentAttributes.of({
            'aria-label': latest.current.label,
            tabindex: '0',
            spellcheck: 'false',
            autocapitalize: 'off',
            autocorrect: 'off',
          }),
          editorTheme,
          EditorView.theme({
            '.cm-scroller': { overflowX: 'auto', scrollbarWidth: 'none' },
            '.cm-content': { padding: '5px 0' },
            '.cm-line': { padding: '0' },
          }),
        ],
      }),
    })
    view.current = editor
    if (latest.current.autoFocus) editor.focus()
    return () => editor.destroy()
  }, [])

  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString().trim() !== props.value.trim())
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } })
  }, [props.value])

  return <div ref={place} className="min-w-0 flex-1" />
}
