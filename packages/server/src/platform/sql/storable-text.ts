/** A text that a text column can hold: without U+0000 and lone surrogates. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')
