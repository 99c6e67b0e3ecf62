export interface PdfFacts {
  readonly version: string
  readonly pages: number
  readonly hasJavaScript: boolean
  readonly hasEmbeddedFiles: boolean
  /** It does something when it is opened. */
  readonly hasOpenAction: boolean
  readonly hasLaunch: boolean
  readonly hasForms: boolean
  readonly isEncrypted: boolean
  /** Objects packed in streams are not looked into. */
  readonly hasObjectStreams: boolean
  readonly uris: readonly string[]
}

const maxUris = 100
const maxUriLength = 1000
const partBytes = 4 * 1024 * 1024
const overlapBytes = 2048

/** Names may be written with `#xx` for a character: `/J#61vaScript`. */
const plainNames = (text: string): string =>
  text.replace(/\/[^\s/<>[\]()]{1,80}/g, (name) =>
    name.replace(/#([\da-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  )

/** Texts behind `/URI`. The end is looked for once for all that begin before it: a document may open texts and close none. */
function* urisOf(text: string): Generator<string> {
  const ending = /[)\\\r\n]/g
  let end = -1
  for (const found of text.matchAll(/\/URI\s{0,10}\(/g)) {
    const start = found.index + found[0].length
    if (end < start) {
      ending.lastIndex = start
      end = ending.exec(text)?.index ?? text.length
    }
    if (text[end] === ')' && end > start && end - start <= maxUriLength) yield text.slice(start, end)
  }
}

/** What stands in the open of a PDF document, read in parts; bounded, and never throws. */
export function pdfFactsOf(bytes: Uint8Array): PdfFacts {
  const decoder = new TextDecoder('latin1')
  const seen = new Set<string>()
  const uris = new Set<string>()
  let pages = 0
  for (let at = 0; at < bytes.length; at += partBytes) {
    const text = plainNames(decoder.decode(bytes.subarray(at, at + partBytes + overlapBytes)))
    for (const found of text.matchAll(
      /\/(JavaScript|JS|EmbeddedFiles?|OpenAction|AA|Launch|AcroForm|XFA|Encrypt|ObjStm)\b/g,
    ))
      seen.add(found[1] as string)
    // What begins in the overlap is counted with the next part.
    for (const found of text.matchAll(/\/Type\s{0,10}\/Page\b(?!s)/g)) if (found.index < partBytes) pages++
    for (const uri of urisOf(text)) {
      if (uris.size >= maxUris) break
      uris.add(uri)
    }
  }
  return {
    version: /^%PDF-(\d\.\d)/.exec(decoder.decode(bytes.subarray(0, 16)))?.[1] ?? '',
    pages,
    hasJavaScript: seen.has('JavaScript') || seen.has('JS'),
    hasEmbeddedFiles: seen.has('EmbeddedFile') || seen.has('EmbeddedFiles'),
    hasOpenAction: seen.has('OpenAction') || seen.has('AA'),
    hasLaunch: seen.has('Launch'),
    hasForms: seen.has('AcroForm') || seen.has('XFA'),
    isEncrypted: seen.has('Encrypt'),
    hasObjectStreams: seen.has('ObjStm'),
    uris: [...uris],
  }
}
