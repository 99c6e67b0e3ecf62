import { type IndicatorType, indicatorTypes } from '@watchfloor/contracts/intel'
import type { IndexedIndicator } from './builder.ts'
import { ipWordsOf, networkOf } from './canonical/ip.ts'
import { urlKey } from './canonical/url.ts'

/** What is asked of an index, in words: the naive list below answers the same by going through everything. */
export type Question =
  | { readonly kind: 'ip'; readonly value: string }
  | {
      readonly kind: 'domain' | 'url' | 'file' | 'registry' | 'email' | 'user-agent' | 'digest'
      readonly value: string
    }

/** The same answers as the index, by comparing with every indicator. */
export function naiveRows(indicators: readonly IndexedIndicator[], question: Question, nowMinute: number): number[] {
  return indicators
    .filter((one) => (one.expiryMinute === 0 || one.expiryMinute > nowMinute) && covers(one, question))
    .map((one) => one.row)
    .sort((a, b) => a - b)
}

function covers({ type, value }: IndexedIndicator, question: Question): boolean {
  switch (question.kind) {
    case 'ip':
      return type === 'cidr' ? inNetwork(value, question.value) : isAddress(type) && value === question.value
    case 'domain':
      return type === 'domain' && (question.value === value || question.value.endsWith(`.${value}`))
    case 'file':
      return type === 'file-name' && (question.value === value || question.value.endsWith(`/${value}`))
    case 'registry':
      return (
        type === 'registry-key' &&
        (question.value === value || (value.split('\\').length > 2 && question.value.startsWith(`${value}\\`)))
      )
    case 'url': {
      if (type !== 'url') return false
      const listed = urlKey(value)
      const asked = question.value
      return (
        asked === listed ||
        asked.split('?')[0] === listed ||
        (isFolder(listed) && asked.split('?')[0]!.startsWith(listed))
      )
    }
    case 'email':
    case 'user-agent':
      return type === question.kind && value === question.value
    case 'digest':
      return (type === 'md5' || type === 'sha1' || type === 'sha256') && value === question.value
  }
}

const isAddress = (type: IndicatorType) => type === 'ipv4' || type === 'ipv6'
const isFolder = (key: string) => key.endsWith('/') && key.indexOf('/') < key.length - 1

function inNetwork(network: string, address: string): boolean {
  const words = ipWordsOf(address)
  const asked = words && networkOf(`${address}/${networkOf(network)!.prefix}`)
  const listed = networkOf(network)!
  return asked?.words.length === listed.words.length && asked.words.every((word, at) => word === listed.words[at])
}

/** Numbers that look random and are the same each time. @source mulberry32 */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const hexOf = (below: (count: number) => number, digits: number): string =>
  Array.from({ length: digits }, () => below(16).toString(16)).join('')

/** A value of a type out of a small world, so that values meet often; canonical. */
export function sampleValue(type: IndicatorType, below: (count: number) => number): string {
  const label = () => `n${below(12)}`
  const host = () =>
    Array.from({ length: 1 + below(3) }, label)
      .join('.')
      .concat('.example')
  switch (type) {
    case 'ipv4':
      return `203.0.${112 + below(2)}.${below(64)}`
    case 'ipv6':
      return `2001:db8::${(1 + below(64)).toString(16)}`
    case 'cidr': {
      const prefix = 22 + below(10)
      const network = networkOf(`203.0.${112 + below(2)}.${below(64)}/${prefix}`)!
      const word = network.words[0]
      return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}/${prefix}`
    }
    case 'domain':
      return host()
    case 'url': {
      const path = Array.from({ length: below(4) }, () => `p${below(3)}`).join('/')
      return `http://${label()}.example/${path}${path !== '' && below(2) ? '/' : ''}${below(3) === 0 ? `?q=${below(3)}` : ''}`
    }
    case 'email':
      return `u${below(9)}@${host()}`
    case 'file-name':
      return `${below(2) ? '/' : ''}${Array.from({ length: below(3) }, () => `d${below(3)}`)
        .concat(`f${below(9)}.exe`)
        .join('/')}`
    case 'md5':
    case 'ja3':
      return hexOf(below, 1).repeat(31) + hexOf(below, 1)
    case 'sha1':
      return hexOf(below, 1).repeat(39) + hexOf(below, 1)
    case 'sha256':
      return hexOf(below, 1).repeat(63) + hexOf(below, 1)
    case 'ja4':
      return `t13d1516h2_${hexOf(below, 1).repeat(12)}_${hexOf(below, 1).repeat(12)}`
    case 'user-agent':
      return `Agent/${below(30)}`
    case 'registry-key':
      return `hklm\\${Array.from({ length: 1 + below(4) }, () => `k${below(3)}`).join('\\')}`
  }
}

export const sampleIndicators = (count: number, seed: number): IndexedIndicator[] => {
  const below = seededNumbers(seed)
  return Array.from({ length: count }, (_, row) => {
    const type = indicatorTypes[below(indicatorTypes.length)] as IndicatorType
    return { type, value: sampleValue(type, below), row, expiryMinute: below(4) === 0 ? 1 + below(200) : 0 }
  })
}
