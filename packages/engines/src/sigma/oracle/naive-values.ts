import type { Modifier } from '../modifiers.ts'
import type { DetectionItem } from '../rule.ts'

/** The patterns that a text value stands for after its modifiers. They are for folded texts unless the item is `cased`. */
export function naiveTexts(item: DetectionItem, text: string, wildcards: boolean): RegExp[] {
  const has = (modifier: Modifier): boolean => item.modifiers.includes(modifier)
  const tokens = (wildcards ? tokensOf(text) : plain(text)) as Token[]
  const spellings = has('windash') ? dashed(tokens) : [tokens]
  return spellings.flatMap((spelling) => {
    let forms: Spelling[] = [{ tokens: spelling, areBytes: false }]
    for (const modifier of item.modifiers) forms = forms.flatMap((form) => encodings[modifier]?.(form) ?? [form])
    return forms.map((form) => patternOf(form.tokens, item))
  })
}

/** What one modifier makes of a text. */
const encodings: Partial<Record<Modifier, (form: Spelling) => Spelling[]>> = {
  wide: (form) => [widened(form)],
  utf16le: (form) => [widened(form)],
  utf16be: (form) => [widened(form, { bigEnd: true })],
  utf16: (form) => [{ tokens: [...plain('\xff\xfe'), ...widened(form).tokens], areBytes: true }],
  base64: (form) => [{ tokens: based64(bitsOf(form)), areBytes: false }],
  base64offset: (form) => shifted64(bitsOf(form)).map((tokens) => ({ tokens, areBytes: false })),
}

interface Spelling {
  readonly tokens: readonly Token[]
  /** Whether each character is a byte. */
  readonly areBytes: boolean
}

interface Token {
  readonly char: string
  readonly wild: boolean
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const chars = [...text]
  while (chars.length > 0) {
    const char = chars.shift()!
    if (char === '\\' && ['\\', '*', '?'].includes(chars[0] ?? '')) tokens.push({ char: chars.shift()!, wild: false })
    else tokens.push({ char, wild: char === '*' || char === '?' })
  }
  return tokens
}

function patternOf(tokens: readonly Token[], item: DetectionItem): RegExp {
  const has = (modifier: Modifier): boolean => item.modifiers.includes(modifier)
  const anywhere = has('contains') || (item.field === null && !has('startswith') && !has('endswith'))
  const body = tokens
    .map(({ char, wild }) => (wild ? (char === '*' ? '.*' : '.') : escaped(lowered(char, has('cased')))))
    .join('')
  return new RegExp(
    `^${anywhere || has('endswith') ? '.*' : ''}${body}${anywhere || has('startswith') ? '.*' : ''}$`,
    'su',
  )
}

const lowered = (char: string, cased: boolean): string =>
  cased ? char : char.toLowerCase().replace('ς', 'σ').replace('ſ', 's')
const escaped = (char: string): string =>
  [...char].map((one) => (/[\w\s]/.test(one) ? one : `\\u{${one.codePointAt(0)!.toString(16)}}`)).join('')

/** Every way to write the dashes at the start of words. */
function dashed(tokens: readonly Token[]): Token[][] {
  const isWord = (token: Token | undefined): boolean =>
    token !== undefined && !token.wild && /[\p{L}\p{N}_]/u.test(token.char)
  return tokens.reduce<Token[][]>(
    (spellings, token, i) => {
      const option = !token.wild && '-/–—―'.includes(token.char) && !isWord(tokens[i - 1]) && isWord(tokens[i + 1])
      const chars = option ? [...'-/–—―'] : [token.char]
      return spellings.flatMap((spelling) => chars.map((char) => [...spelling, { char, wild: token.wild }]))
    },
    [[]],
  )
}

function widened({ tokens }: Spelling, { bigEnd = false } = {}): Spelling {
  const units = tokens.flatMap((token): Token[] => {
    if (token.wild) return [token]
    return Array.from({ length: token.char.length }, (_, i) => token.char.charCodeAt(i)).flatMap((unit) => {
      const bytes = [String.fromCharCode(unit % 256), String.fromCharCode(Math.floor(unit / 256))]
      if (bigEnd) bytes.reverse()
      return bytes.map((char) => ({ char, wild: false }))
    })
  })
  return { tokens: units, areBytes: true }
}

/** The bits of the text, eight a byte. */
function bitsOf({ tokens, areBytes }: Spelling): string {
  const text = tokens.map(({ char }) => char).join('')
  const bytes = areBytes ? [...text].map((char) => char.charCodeAt(0)) : [...new TextEncoder().encode(text)]
  return bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const plain = (text: string): Token[] => [...text].map((char) => ({ char, wild: false }))
const digitsOf = (bits: string): string =>
  (bits.match(/.{1,6}/g) ?? []).map((six) => DIGITS[Number.parseInt(six.padEnd(6, '0'), 2)]).join('')

function based64(bits: string): Token[] {
  const digits = digitsOf(bits)
  return plain(digits.padEnd(Math.ceil(digits.length / 4) * 4, '='))
}

/** For each offset, the digits whose six bits all belong to the text. */
const shifted64 = (bits: string): Token[][] =>
  [0, 8, 16].flatMap((offset) => {
    const skipped = (6 - (offset % 6)) % 6
    const whole = bits.slice(skipped, skipped + Math.floor((bits.length - skipped) / 6) * 6)
    return whole === '' ? [] : [plain(digitsOf(whole))]
  })

/** The comparison that the modifiers ask for. */
export function asksNumber(modifiers: readonly Modifier[]): ((a: number, b: number) => boolean) | undefined {
  if (modifiers.includes('lt')) return (a, b) => a < b
  if (modifiers.includes('lte')) return (a, b) => !(a > b)
  if (modifiers.includes('gt')) return (a, b) => a > b
  if (modifiers.includes('gte')) return (a, b) => !(a < b)
  return undefined
}

/** How the modifiers read a date: ISO texts as they stand, numbers as seconds up to nanoseconds since 1970. */
export function asksTime(modifiers: readonly Modifier[]): ((value: string | number) => number | undefined) | undefined {
  const part = (['minute', 'hour', 'day', 'week', 'month', 'year'] as const).find((one) => modifiers.includes(one))
  return part === undefined ? undefined : (value) => partsOf(value)?.[part]
}

type Parts = Partial<Record<'minute' | 'hour' | 'day' | 'week' | 'month' | 'year', number>>

function partsOf(value: string | number): Parts | undefined {
  if (typeof value === 'string') {
    const [, year, month, day, hour, minute] = (/^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)|$)/.exec(value) ?? []).map(
      Number,
    )
    if (year === undefined || !(month! >= 1 && month! <= 12 && day! >= 1 && day! <= 31)) return undefined
    const clock = hour === undefined || Number.isNaN(hour) ? {} : { hour, minute: minute! }
    return { year, month: month!, day: day!, week: weekOf(year, month!, day!), ...clock }
  }
  if (value < 1e8 || value >= 1e20) return undefined
  const date = new Date(value < 1e11 ? value * 1e3 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
  return { year, month, day, week: weekOf(year, month, day), hour: date.getUTCHours(), minute: date.getUTCMinutes() }
}

/** The number of Thursdays of the year up to the one of this week. */
function weekOf(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(year, month - 1, day))
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000)
  return Math.ceil(((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7)
}

/** Compares the leading bits of both addresses. */
export function withinNetwork(address: string, network: string): boolean {
  const [base, length] = network.split('/')
  const [have, want] = [addressBits(address), addressBits(base!)]
  if (have === undefined || want === undefined) return false
  const mapped =
    have.length > want.length && have.startsWith(`${'0'.repeat(80)}${'1'.repeat(16)}`) ? have.slice(96) : have
  const bits = length === undefined ? want.length : Number(length)
  return mapped.length === want.length && mapped.slice(0, bits) === want.slice(0, bits)
}

function addressBits(text: string): string | undefined {
  if (/^(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}$/.test(text) && !text.endsWith('.'))
    return text.split('.').every((part) => Number(part) < 256)
      ? text
          .split('.')
          .map((part) => Number(part).toString(2).padStart(8, '0'))
          .join('')
      : undefined
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return undefined
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const tail = dotted === null ? '' : addressBits(dotted[2]!)
  if (tail === undefined) return undefined
  const groups =
    tail === ''
      ? text
      : dotted![1]! + [tail.slice(0, 16), tail.slice(16)].map((one) => Number.parseInt(one, 2).toString(16)).join(':')
  const [front, back] = groups.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const missing = back === undefined ? 0 : 8 - front!.length - back.length
  const all = [...front!, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...(back ?? [])]
  return all.length === 8
    ? all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')
    : undefined
}
