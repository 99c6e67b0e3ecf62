export interface LineDiffLine {
  readonly op: 'same' | 'added' | 'removed' | 'skipped'
  /** For `skipped`: how many equal lines were left out. */
  readonly text: string
  /** Line of the older text, from 1. */
  readonly before?: number
  /** Line of the newer text, from 1. */
  readonly after?: number
}

export interface LineDiff {
  readonly added: number
  readonly removed: number
  readonly lines: LineDiffLine[]
}

/** Cells of the table of common subsequences; beyond it the parts that differ are shown as a whole. */
const maxCells = 4_000_000
const defaultContext = 4

/**
 * What changed between two texts, line by line: the fewest lines taken away and added. Runs of equal lines longer than the context
 * asks for are left out.
 * @param context equal lines shown around a change
 */
export function diffLines(before: string, after: string, { context = defaultContext } = {}): LineDiff {
  const a = linesOf(before)
  const b = linesOf(after)
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let endA = a.length
  let endB = b.length
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  const lines: LineDiffLine[] = []
  for (let i = 0; i < start; i++) lines.push(same(a, i, i))
  lines.push(...middle(a, b, { start, endA, endB }))
  for (let i = 0; endA + i < a.length; i++) lines.push(same(a, endA + i, endB + i))
  return {
    added: lines.filter((line) => line.op === 'added').length,
    removed: lines.filter((line) => line.op === 'removed').length,
    lines: withoutLongRuns(lines, context),
  }
}

const linesOf = (text: string): string[] => {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

const same = (a: readonly string[], i: number, j: number): LineDiffLine => ({
  op: 'same',
  text: a[i] as string,
  before: i + 1,
  after: j + 1,
})
const removed = (a: readonly string[], i: number): LineDiffLine => ({
  op: 'removed',
  text: a[i] as string,
  before: i + 1,
})
const added = (b: readonly string[], j: number): LineDiffLine => ({ op: 'added', text: b[j] as string, after: j + 1 })

/** The part that differs, by the longest common subsequence of its lines. */
function middle(
  a: readonly string[],
  b: readonly string[],
  { start, endA, endB }: { start: number; endA: number; endB: number },
): LineDiffLine[] {
  const rows = endA - start
  const columns = endB - start
  const lines: LineDiffLine[] = []
  let i = 0
  let j = 0
  if (rows > 0 && columns > 0 && (rows + 1) * (columns + 1) <= maxCells) {
    const width = columns + 1
    const lengths = commonLengths(a, b, { start, rows, columns })
    while (i < rows && j < columns)
      if (a[start + i] === b[start + j]) lines.push(same(a, start + i++, start + j++))
      else if ((lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number))
        lines.push(removed(a, start + i++))
      else lines.push(added(b, start + j++))
  }
  while (i < rows) lines.push(removed(a, start + i++))
  while (j < columns) lines.push(added(b, start + j++))
  return lines
}

/** At (i, j): lines that the rests from there have in common. */
function commonLengths(
  a: readonly string[],
  b: readonly string[],
  { start, rows, columns }: { start: number; rows: number; columns: number },
): Uint32Array {
  const width = columns + 1
  const lengths = new Uint32Array((rows + 1) * width)
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[start + i] === b[start + j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number)
  return lengths
}

function withoutLongRuns(lines: readonly LineDiffLine[], context: number): LineDiffLine[] {
  const isNear = new Uint8Array(lines.length)
  for (const [at, line] of lines.entries())
    if (line.op !== 'same') isNear.fill(1, Math.max(0, at - context), Math.min(lines.length, at + context + 1))
  const shown: LineDiffLine[] = []
  let skipped = 0
  for (const [at, line] of lines.entries()) {
    if (isNear[at] === 0) {
      skipped++
      continue
    }
    if (skipped > 0) shown.push({ op: 'skipped', text: String(skipped) })
    skipped = 0
    shown.push(line)
  }
  if (skipped > 0 && shown.length > 0) shown.push({ op: 'skipped', text: String(skipped) })
  return shown
}
