/** Text that is HTML already. Made by `html` alone, so that what comes from a record is escaped wherever it is put. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// Characters that steer how text is drawn would let a record hide what it says.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const steering = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => entities[one]!).replace(steering, '\ufffd')

/** HTML with texts in it, each escaped; parts that are HTML stay as they are. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const filled = values.map((value, i) => (value instanceof Html ? value.text : escaped(value)) + parts[i + 1]!)
  return new Html(parts[0]! + filled.join(''))
}

export const joined = (parts: readonly Html[]): Html => new Html(parts.map(({ text }) => text).join(''))

/** For texts of ours. */
export const raw = (text: string): Html => new Html(text)
