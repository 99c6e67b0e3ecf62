import type { StixObject, StixValue } from '../../stix-pattern/index.ts'

/** What comes out of a text of STIX, in order. */
export type BundlePiece =
  /** One of the objects; `bundleVersion` as far as it was told before them. */
  | {
      readonly kind: 'object'
      readonly value: StixValue
      readonly index: number
      readonly within: 'bundle' | 'list'
      readonly bundleVersion?: string
    }
  /** What stands around the objects, when all of it has been read; without objects, it is an object itself. */
  | { readonly kind: 'envelope'; readonly value: StixObject; readonly hasObjects: boolean }
  /** An object, or the rest of the text, that cannot be used. */
  | { readonly kind: 'problem'; readonly message: string; readonly index?: number; readonly isEnd: boolean }

export interface SplitLimits {
  /** Characters of one object, and of all around the objects. */
  readonly maxObjectChars: number
}

/** A report of 100,000 references takes five million characters. */
export const defaultSplitLimits: SplitLimits = { maxObjectChars: 64 * 1024 * 1024 }

type Mode = 'root' | 'members' | 'key' | 'colon' | 'value' | 'elements' | 'capture' | 'skip' | 'ended'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const COMMA = 0x2c
const COLON = 0x3a
const BOM = 0xfeff

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/**
 * Takes a bundle, a list, a TAXII envelope or single objects apart while the text arrives, so that never more than one object is held.
 * Several of them may follow each other, as in JSON lines.
 */
export class BundleSplitter {
  readonly #limits: SplitLimits
  #mode: Mode = 'root'
  #pieces: BundlePiece[] = []
  /** Parts of what is captured, from chunks that are gone. */
  #held: string[] = []
  #heldChars = 0
  #depth = 0
  #inString = false
  #isEscaped = false
  #isScalar = false
  #after: 'members' | 'elements' = 'members'
  #isListRoot = false
  #key = ''
  #members: [string, StixValue][] = []
  #memberChars = 0
  #hasObjects = false
  #indexBefore = 0
  #index = 0
  #readChars = 0

  constructor(limits: SplitLimits = defaultSplitLimits) {
    this.#limits = limits
  }

  /** @returns what is complete now */
  push(chunk: string): readonly BundlePiece[] {
    let at = 0
    while (at < chunk.length && this.#mode !== 'ended') {
      if (this.#mode === 'capture' || this.#mode === 'skip') at = this.#capture(chunk, at)
      else if (this.#mode === 'key') at = this.#readKey(chunk, at)
      else at = this.#structure(chunk, at)
    }
    this.#readChars += chunk.length
    return this.#taken()
  }

  /** @returns what was left: a problem when the text ended too early */
  end(): readonly BundlePiece[] {
    if (this.#mode !== 'root' && this.#mode !== 'ended') this.#stop('the text ends in the middle', 0)
    return this.#taken()
  }

  #taken(): readonly BundlePiece[] {
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  /** Between values; each step reads one character. */
  #structure(chunk: string, at: number): number {
    const code = chunk.charCodeAt(at)
    if (isSpace(code) || (code === BOM && this.#mode === 'root')) return at + 1
    switch (this.#mode) {
      case 'root':
        return this.#openRoot(code, at)
      case 'members':
        if (code === QUOTE) this.#begin('key')
        else if (code === CLOSE_OBJECT) this.#closeRoot()
        else if (code !== COMMA) this.#stop('a property must begin with a quote', at)
        return at + 1
      case 'colon':
        if (code === COLON) this.#mode = 'value'
        else this.#stop('there is no colon after the name of a property', at)
        return at + 1
      case 'value':
        if (code !== OPEN_LIST || this.#key !== 'objects') return this.#beginValue(code, at, 'members')
        this.#hasObjects = true
        this.#mode = 'elements'
        return at + 1
      default:
        return this.#element(code, at)
    }
  }

  #openRoot(code: number, at: number): number {
    this.#isListRoot = code === OPEN_LIST
    this.#members = []
    this.#memberChars = 0
    this.#hasObjects = false
    this.#indexBefore = this.#index
    if (code === OPEN_OBJECT) this.#mode = 'members'
    else if (code === OPEN_LIST) this.#mode = 'elements'
    else this.#stop('it begins neither with { nor with [', at)
    return at + 1
  }

  #closeRoot(): void {
    // An empty list is told as such: it is not allowed.
    if (this.#hasObjects && this.#index === this.#indexBefore) this.#members.push(['objects', []])
    this.#pieces.push({
      kind: 'envelope',
      value: Object.fromEntries(this.#members),
      hasObjects: this.#hasObjects,
    })
    this.#members = []
    this.#mode = 'root'
  }

  #element(code: number, at: number): number {
    if (code === COMMA) return at + 1
    if (code !== CLOSE_LIST) return this.#beginValue(code, at, 'elements')
    this.#mode = this.#isListRoot ? 'root' : 'members'
    return at + 1
  }

  #begin(mode: 'key' | 'capture'): void {
    this.#mode = mode
    this.#held = []
    this.#heldChars = 0
    this.#depth = 0
    this.#inString = false
    this.#isEscaped = false
  }

  #beginValue(code: number, at: number, after: 'members' | 'elements'): number {
    this.#begin('capture')
    this.#after = after
    this.#isScalar = code !== OPEN_OBJECT && code !== OPEN_LIST && code !== QUOTE
    return at
  }

  #readKey(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (this.#isEscaped) this.#isEscaped = false
      else if (code === BACKSLASH) this.#isEscaped = true
      else if (code === QUOTE) {
        this.#hold(chunk, from, at)
        const name = parsed(`"${this.#held.join('')}"`)
        this.#key = 'value' in name && typeof name.value === 'string' ? name.value : ''
        this.#mode = 'colon'
        return at + 1
      }
    }
    this.#hold(chunk, from, chunk.length)
    return chunk.length
  }

  #capture(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (code === BACKSLASH) this.#isEscaped = true
        else if (code === QUOTE) {
          this.#inString = false
          if (this.#depth === 0) return this.#captured(chunk, from, at + 1)
        }
      } else if (code === QUOTE) this.#inString = true
      else if (code === OPEN_OBJECT || code === OPEN_LIST) this.#depth++
      else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        if (this.#depth === 0) return this.#captured(chunk, from, at)
        if (--this.#depth === 0) return this.#captured(chunk, from, at + 1)
      } else if (this.#isScalar && this.#depth === 0 && (code === COMMA || isSpace(code)))
        return this.#captured(chunk, from, at)
    }
    this.#hold(chunk, from, chunk.length)
    return chunk.length
  }

  #hold(chunk: string, from: number, to: number): void {
    this.#heldChars += to - from
    if (this.#mode === 'skip') return
    if (this.#heldChars + this.#memberChars <= this.#limits.maxObjectChars) this.#held.push(chunk.slice(from, to))
    else if (this.#mode === 'key' || this.#after === 'members')
      this.#stop(`what stands around the objects is longer than ${this.#limits.maxObjectChars} characters`, from)
    else {
      this.#held = []
      this.#mode = 'skip'
    }
  }

  #captured(chunk: string, from: number, to: number): number {
    this.#hold(chunk, from, to)
    // A bracket that closes nothing: no value would ever come, and no character be read.
    if (this.#heldChars === 0) this.#stop('a value is missing', to)
    if (this.#mode === 'ended') return to
    const isSkipped = this.#mode === 'skip'
    this.#mode = this.#after
    const value = isSkipped
      ? { problem: `it is longer than ${this.#limits.maxObjectChars} characters` }
      : parsed(this.#held.join(''))
    this.#held = []
    if (this.#after === 'elements') this.#addObject(value)
    else if ('value' in value) {
      this.#members.push([this.#key, value.value])
      this.#memberChars += this.#heldChars
    } else this.#pieces.push({ kind: 'problem', message: `${this.#key.slice(0, 100)}: ${value.problem}`, isEnd: false })
    return to
  }

  #addObject(value: Parsed): void {
    const index = this.#index++
    if ('problem' in value) {
      this.#pieces.push({ kind: 'problem', message: value.problem, index, isEnd: false })
      return
    }
    const version = this.#members.find(([name]) => name === 'spec_version')?.[1]
    this.#pieces.push({
      kind: 'object',
      value: value.value,
      index,
      within: this.#isListRoot ? 'list' : 'bundle',
      ...(typeof version === 'string' ? { bundleVersion: version } : {}),
    })
  }

  #stop(message: string, at: number): void {
    this.#mode = 'ended'
    this.#held = []
    this.#pieces.push({ kind: 'problem', message: `${message} (character ${this.#readChars + at + 1})`, isEnd: true })
  }
}

type Parsed = { readonly value: StixValue } | { readonly problem: string }

function parsed(text: string): Parsed {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message.slice(0, 200) : 'it is no JSON' }
  }
}
