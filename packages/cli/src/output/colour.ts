import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Paints text where that is wanted. */
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_style, text) => text

/** Colours on a terminal, unless `NO_COLOR` is set; plain text in files and pipes. */
export const paintFor = (stream: { isTTY?: boolean }, options: { noColour: boolean }): Paint =>
  stream.isTTY && !options.noColour ? (style, text) => styleText(style, text, { validateStream: false }) : plain

const severityStyles: Record<string, Style> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  informational: 'dim',
}

export const paintSeverity = (paint: Paint, severity: string): string =>
  paint(severityStyles[severity] ?? 'reset', severity)
