import { IndicatorListReader } from '@watchfloor/engines/indicator-index'

/** Lines of a list that are sent in one request. */
export interface ListPart {
  readonly text: string
  /** Number of its first line in the file. */
  readonly firstLine: number
}

const partCharacters = 2_000_000

/** Cuts a list into parts at the ends of lines. A CSV header stands in front of each. */
export async function* partsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ListPart> {
  const decoder = new TextDecoder()
  const reader = new IndicatorListReader({})
  let header: string | undefined
  let hasBegun = false
  let rest = ''
  let lines: string[] = []
  let characters = 0
  let nextLine = 1
  const take = (): ListPart => {
    const first = nextLine
    nextLine += lines.length
    const text = lines.join('\n')
    lines = []
    characters = 0
    // The header takes a line, which is none of the file's.
    return header !== undefined && first > 1
      ? { text: `${header}\n${text}`, firstLine: first - 1 }
      : { text, firstLine: first }
  }
  const add = (line: string) => {
    if (!hasBegun && line.trim() !== '' && !/^\s*(?:#|;|\/\/)/.test(line)) {
      hasBegun = true
      // What is neither a value nor a comment is a header.
      if (reader.read(line, 1) === undefined) header = line
    }
    lines.push(line)
    characters += line.length + 1
  }
  for await (const chunk of chunks) {
    const split = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = split.pop() ?? ''
    for (const line of split) {
      add(line)
      if (characters >= partCharacters) yield take()
    }
  }
  rest += decoder.decode()
  if (rest !== '') add(rest)
  if (lines.length > 0) yield take()
}
