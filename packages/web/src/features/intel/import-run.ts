import type { IndicatorImportResult } from '@watchfloor/contracts/intel'

/** Bytes of a list that are sent at once. */
const partBytes = 1_000_000

export interface ImportProgress {
  readonly percent: number
  readonly read: number
  readonly added: number
  readonly updated: number
  readonly refused: number
  readonly problems: IndicatorImportResult['problems']
}

export const nothingYet: ImportProgress = { percent: 0, read: 0, added: 0, updated: 0, refused: 0, problems: [] }

const shownProblems = 100
const isComment = (line: string) => line.trim() === '' || /^\s*(?:#|;|\/\/)/.test(line)
/** A first line that names columns instead of holding a value. */
const isHeader = (line: string) =>
  /[,;\t]/.test(line) &&
  /(?:^|[,;\t"])\s*(?:value|indicator|ioc|ioc_value|observable|ip|domain|url|hash|md5|sha1|sha256)\s*"?(?:[,;\t]|$)/i.test(
    line,
  )

/** Sends a list, a file or pasted text, part by part, cut at the ends of lines, and tells after each how far it is. */
export async function importList(
  list: Blob,
  send: (text: string, firstLine: number) => Promise<IndicatorImportResult>,
  tell: (progress: ImportProgress) => void,
): Promise<ImportProgress> {
  let progress = nothingYet
  let header: string | undefined
  let rest = ''
  let firstLine = 1
  const decoder = new TextDecoder()
  for (let at = 0; at < list.size || rest !== ''; at += partBytes) {
    const bytes = await list.slice(at, at + partBytes).arrayBuffer()
    const isLast = at + partBytes >= list.size
    const text = rest + decoder.decode(bytes, { stream: !isLast })
    const end = isLast ? text.length : text.lastIndexOf('\n') + 1
    rest = text.slice(end)
    const lines = text.slice(0, end)
    if (firstLine === 1) header = headerOf(lines)
    if (lines !== '') {
      const hasHeader = header !== undefined && firstLine > 1
      // The header takes a line, which is none of the file's.
      const place = hasHeader ? firstLine - 1 : firstLine
      const body = hasHeader ? `${header}\n${lines}` : lines
      const result = await send(body, place)
      firstLine += lines.split('\n').length - 1
      progress = {
        percent: isLast ? 100 : Math.floor((100 * (at + partBytes)) / list.size),
        read: progress.read + result.read,
        added: progress.added + result.added,
        updated: progress.updated + result.updated,
        refused: progress.refused + result.refused,
        problems: [...progress.problems, ...result.problems].slice(0, shownProblems),
      }
      tell(progress)
    }
    if (isLast) break
  }
  return progress
}

function headerOf(lines: string): string | undefined {
  const first = lines.split('\n', 200).find((line) => !isComment(line))
  return first !== undefined && isHeader(first) ? first : undefined
}
