import { corrupt } from './problem.ts'

/** A value of the data section. Whole numbers beyond 2^53 are bigints. */
export type MmdbValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly MmdbValue[]
  | { readonly [key: string]: MmdbValue }

export interface DecodeLimits {
  /** Values inside values. */
  readonly depth: number
  /** Values of one record, each counted as often as it is pointed at. */
  readonly values: number
}

/** Far more than published databases need: their records hold some hundred values, five deep. */
export const defaultDecodeLimits: DecodeLimits = { depth: 64, values: 50_000 }

const text = new TextDecoder('utf-8', { fatal: true })

const typeNames = [
  'extended',
  'pointer',
  'string',
  'double',
  'bytes',
  'uint16',
  'uint32',
  'map',
  'int32',
  'uint64',
  'uint128',
  'array',
  'container',
  'end marker',
  'boolean',
  'float',
] as const
type TypeName = (typeof typeNames)[number]

/**
 * Reads values of a data section. Pointers are followed once (a pointer to a pointer is forbidden), so that only maps and arrays nest; what a
 * hostile file can make us do is bounded by `limits`.
 * @source MaxMind DB file format 2.0, "Output Data Section"
 */
export class MmdbDecoder {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** What pointers count from. */
  readonly #base: number
  readonly #limits: DecodeLimits
  #at = 0
  #valuesLeft = 0

  constructor(bytes: Uint8Array, base: number, limits: DecodeLimits = defaultDecodeLimits) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#base = base
    this.#limits = limits
  }

  /** The value at an offset of the data section. @error MMDB_CORRUPT */
  valueAt(offset: number): MmdbValue {
    this.#at = this.#base + offset
    this.#valuesLeft = this.#limits.values
    return this.#value(0)
  }

  #value(depth: number): MmdbValue {
    if (depth > this.#limits.depth) throw corrupt(`a record nests deeper than ${this.#limits.depth}`)
    if (--this.#valuesLeft < 0) throw corrupt(`a record holds more than ${this.#limits.values} values`)
    const { type, size } = this.#control()
    if (type !== 'pointer') return this.#valueOf(type, size, depth)
    const target = this.#pointer(size)
    const back = this.#at
    this.#at = target
    const pointed = this.#control()
    if (pointed.type === 'pointer') throw corrupt(`the pointer to ${target} meets a pointer`)
    const value = this.#valueOf(pointed.type, pointed.size, depth)
    this.#at = back
    return value
  }

  /** Of a pointer, `size` is the low five bits of its control byte. */
  #control(): { type: TypeName; size: number } {
    const control = this.#uint(1)
    let code = control >>> 5
    if (code === 1) return { type: 'pointer', size: control & 31 }
    if (code === 0) {
      code = this.#uint(1) + 7
      if (code < 8 || code >= typeNames.length) throw corrupt(`there is no type ${code}, as at ${this.#at - 1}`)
    }
    const size = control & 31
    if (size < 29) return { type: typeNames[code]!, size }
    const more = size - 28
    return { type: typeNames[code]!, size: this.#uint(more) + [29, 285, 65_821][more - 1]! }
  }

  #pointer(control: number): number {
    const more = (control >>> 3) + 1
    const high = more === 4 ? 0 : (control & 7) * 256 ** more
    const target = this.#base + high + this.#uint(more) + [0, 2048, 526_336, 0][more - 1]!
    if (target >= this.#bytes.length) throw corrupt(`a pointer at ${this.#at} leads behind the end, to ${target}`)
    return target
  }

  #valueOf(type: TypeName, size: number, depth: number): MmdbValue {
    switch (type) {
      case 'string':
        return this.#text(size)
      case 'double':
        return this.#view.getFloat64(this.#skip(this.#exactly(size, 8, type)))
      case 'float':
        return this.#view.getFloat32(this.#skip(this.#exactly(size, 4, type)))
      case 'bytes': {
        const at = this.#skip(size)
        return this.#bytes.slice(at, at + size)
      }
      case 'uint16':
        return this.#uint(this.#atMost(size, 2, type))
      case 'uint32':
        return this.#uint(this.#atMost(size, 4, type))
      case 'int32': {
        const value = this.#uint(this.#atMost(size, 4, type))
        return size === 4 ? value | 0 : value
      }
      case 'uint64':
        return this.#big(this.#atMost(size, 8, type))
      case 'uint128':
        return this.#big(this.#atMost(size, 16, type))
      case 'boolean':
        return this.#atMost(size, 1, type) === 1
      case 'map':
        return this.#map(size, depth)
      case 'array':
        return this.#array(size, depth)
      default:
        throw corrupt(`a ${type} stands where a value must, before ${this.#at}`)
    }
  }

  #map(size: number, depth: number): { [key: string]: MmdbValue } {
    const entries: [string, MmdbValue][] = []
    for (let n = 0; n < size; n++) {
      const key = this.#value(depth + 1)
      if (typeof key !== 'string') throw corrupt(`a key is no text, before ${this.#at}`)
      entries.push([key, this.#value(depth + 1)])
    }
    return Object.fromEntries(entries)
  }

  #array(size: number, depth: number): MmdbValue[] {
    const items: MmdbValue[] = []
    for (let n = 0; n < size; n++) items.push(this.#value(depth + 1))
    return items
  }

  #text(size: number): string {
    const at = this.#skip(size)
    try {
      return text.decode(this.#bytes.subarray(at, at + size))
    } catch {
      throw corrupt(`a text at ${at} is no UTF-8`)
    }
  }

  #uint(size: number): number {
    const from = this.#skip(size)
    let value = 0
    for (let at = from; at < from + size; at++) value = value * 256 + this.#bytes[at]!
    return value
  }

  #big(size: number): number | bigint {
    if (size <= 6) return this.#uint(size)
    const from = this.#skip(size)
    let value = 0n
    for (let at = from; at < from + size; at++) value = (value << 8n) | BigInt(this.#bytes[at]!)
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
  }

  #skip(size: number): number {
    const from = this.#at
    if (from + size > this.#bytes.length) throw corrupt(`a value at ${from} ends behind the end of the file`)
    this.#at = from + size
    return from
  }

  #exactly(size: number, wanted: number, type: TypeName): number {
    if (size !== wanted) throw corrupt(`a ${type} takes ${size} bytes in place of ${wanted}, before ${this.#at}`)
    return size
  }

  #atMost(size: number, most: number, type: TypeName): number {
    if (size > most) throw corrupt(`a ${type} takes ${size} bytes, ${most} at most, before ${this.#at}`)
    return size
  }
}
