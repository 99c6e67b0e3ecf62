export interface HexRow {
  readonly offset: number
  readonly bytes: readonly {
    readonly at: number
    readonly hex: string
    readonly text: string
    readonly isMarked: boolean
  }[]
}

const perRow = 16

/** Rows of sixteen bytes in hex and as text (a dot for what cannot be printed); the bytes of the mark are marked. */
export function hexRows(hex: string, start: number, mark: { offset: number; length: number }): HexRow[] {
  const rows: HexRow[] = []
  for (let at = 0; at < hex.length / 2; at += perRow) {
    const bytes = Array.from({ length: Math.min(perRow, hex.length / 2 - at) }, (_, n) => {
      const pair = hex.slice((at + n) * 2, (at + n) * 2 + 2)
      const byte = Number.parseInt(pair, 16)
      const place = start + at + n
      return {
        at: place,
        hex: pair,
        text: byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
        isMarked: place >= mark.offset && place < mark.offset + mark.length,
      }
    })
    rows.push({ offset: start + at, bytes })
  }
  return rows
}
