import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { type Diagnostic as LintMark, linter, lintGutter, lintKeymap } from '@codemirror/lint'
import { EditorSelection, EditorState } from '@codemirror/state'
import {
  type Command,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { editorTheme } from './theme.ts'
import type { YamlEditorProps } from './yaml-editor.tsx'
import { newlineAt } from './yaml-newline.ts'

const levels = { error: 'error', warning: 'warning', hint: 'info' } as const

/** What is written is run by it, by whatever page the editor stands in. */
const runKey = 'Mod-Enter'

const startLine: Command = ({ state, dispatch }) => {
  if (state.readOnly) return false
  const change = state.changeByRange(({ from, to }) => {
    const insert = newlineAt(state.sliceDoc(), from)
    return { changes: { from, to, insert }, range: EditorSelection.cursor(from + insert.length) }
  })
  dispatch(state.update(change, { scrollIntoView: true, userEvent: 'input' }))
  return true
}

/** The YAML editor itself: line numbers, live check with marks in the gutter. Loaded when first shown. Esc, then Tab leaves it. */
export default function CodeEditor(props: YamlEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(props)
  latest.current = props

  // Made once; everything that changes is read through `latest`.
  useEffect(() => {
    const check = async (editor: EditorView): Promise<LintMark[]> => {
      const marks = (await latest.current.check?.(editor.state.doc.toString())) ?? []
      return marks.map(({ line, column, level, message, remedy }) => {
        const at = editor.state.doc.line(Math.max(1, Math.min(line, editor.state.doc.lines)))
        const from = Math.min(at.from + Math.max(0, column - 1), at.to)
        return {
          from,
          to: Math.max(from, at.to),
          severity: levels[level],
          message: remedy ? `${message} – ${remedy}` : message,
        }
      })
    }
    const complete = (context: CompletionContext): CompletionResult | null => {
      const found = latest.current.complete?.(context.state.doc.toString(), context.pos) ?? null
      if (!found || (!context.explicit && found.from === found.to)) return null
      return {
        from: found.from,
        to: found.to,
        options: found.items.map(({ text, kind }) => ({ label: text, detail: kind })),
        validFor: /^[\w.@-]*$/,
      }
    }
    const editor = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          lineNumbers(),
          highlightActiveLineGutter(),
          highlightActiveLine(),
          drawSelection(),
          history(),
          indentOnInput(),
          bracketMatching(),
          yaml(),
          keymap.of([
            {
              key: 'Mod-s',
              run: () => {
                latest.current.onSave?.()
                return true
              },
            },
            { key: 'Enter', run: startLine },
            indentWithTab,
            ...lintKeymap,
            ...defaultKeymap.filter(({ key }) => key !== runKey),
            ...historyKeymap,
          ]),
          ...(latest.current.complete
            ? [autocompletion({ override: [complete], icons: false, defaultKeymap: true })]
            : []),
          ...(latest.current.check ? [linter(check, { delay: 400 }), lintGutter()] : []),
          EditorState.readOnly.of(latest.current.readOnly ?? false),
          EditorView.contentAttributes.of({ 'aria-label': latest.current.label, tabindex: '0', spellcheck: 'false' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString())
          }),
          editorTheme,
          EditorView.theme({ '&': { height: '100%' }, '.cm-scroller': { overflow: 'auto' } }),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
  }, [])

  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== props.value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } })
  }, [props.value])

  return <div ref={place} className="h-full min-h-0" />
}
