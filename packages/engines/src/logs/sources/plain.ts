import { Mapping } from '../mapping.ts'
import type { TextParser } from '../parser.ts'
import { parseCtimeMs, parseIsoMs } from '../time.ts'

const LEADING_TIME = /^\[?(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\]?/

/** What nobody understands: the whole text as the message, with a time when it starts with one. */
export const plainText: TextParser = {
  kind: 'text',
  id: 'plain-text',
  mapping: new Mapping({
    prefix: 'text.',
    rows: [['message', 'message', (v) => v]],
    constants: { 'event.kind': 'event' },
  }),
  accepts: () => true,
  read(text, event) {
    event.put('message', text)
    const iso = LEADING_TIME.exec(text.slice(0, 60))
    if (iso !== null) event.time(parseIsoMs(iso[1]!))
    else if (text.startsWith('[')) event.time(parseCtimeMs(text.slice(1, Math.max(1, text.indexOf(']', 1)))))
    return true
  },
}
