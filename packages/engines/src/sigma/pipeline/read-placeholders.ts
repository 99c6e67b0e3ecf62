import { isMap, isScalar, isSeq } from 'yaml'
import { type Diagnostic, DiagnosticSink, quoted } from '../diagnostics.ts'
import { readDocuments, type YamlDocument } from '../yaml/documents.ts'

const MAX_CHARS = 10_000_000

/**
 * Reads values for the placeholders of `expand` from YAML: a map of names to a value or a list of values, e.g.
 * `Workstations: ['ws-*', 'lap-*']`. Never throws, and reports all that is wrong at once.
 * @param file name used in diagnostics
 */
export function readPlaceholders(
  text: string,
  file: string,
): { placeholders: Map<string, readonly string[]>; diagnostics: Diagnostic[] } {
  const sink = new DiagnosticSink(file)
  const placeholders = new Map<string, readonly string[]>()
  const start = { line: 1, column: 1 }
  const remedy = 'write lines such as "Workstations: [ws-1, ws-2]"'
  if (text.length > MAX_CHARS)
    sink.error('SIGMA_FILE_TOO_LARGE', start, `the file has ${text.length} characters, more than ${MAX_CHARS}`)
  else {
    const documents = readDocuments(text, sink)
    if (documents.length === 0 && sink.errors === 0)
      sink.error('SIGMA_PLACEHOLDERS_INVALID', start, 'the file holds no placeholders', remedy)
    for (const document of documents)
      if (isMap(document.root))
        for (const { key, keyNode, value } of document.entries(document.root)) {
          // Rules write them between percent signs, and many who list them do too.
          const name = /^%(.+)%$/.exec(key)?.[1] ?? key
          const values = valuesOf(document, value)
          if (values !== undefined) placeholders.set(name, values)
          else {
            const message = `the placeholder ${quoted(name)} must have a text or a list of texts`
            sink.error('SIGMA_PLACEHOLDERS_INVALID', document.at(keyNode), message)
          }
        }
      else {
        const message = 'placeholders are a map of names to values'
        sink.error('SIGMA_PLACEHOLDERS_INVALID', document.at(document.root), message, remedy)
      }
  }
  return { placeholders, diagnostics: sink.list }
}

/** As they are written, so that `010` and `1.10` stay what they are. */
function valuesOf(document: YamlDocument, node: unknown): string[] | undefined {
  const values = (isSeq(node) ? node.items : [node]).map((item) => {
    const one = document.resolve(item)
    return isScalar(one) && one.value !== null ? (one.source ?? String(one.value)) : undefined
  })
  return values.every((value) => value !== undefined) && values.length > 0 ? values : undefined
}
