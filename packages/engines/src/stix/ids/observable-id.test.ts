import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { parseStixId } from './identifier.ts'
import { observableId, observableName } from './observable-id.ts'
import { randomUuid, uuidVersion } from './uuid.ts'

describe('ids of observables', () => {
  it.each([
    // Published check values.
    [{ type: 'domain-name', value: 'example.com' }, 'domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7'],
    [{ type: 'ipv4-addr', value: '198.51.100.3' }, 'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4'],
    [
      { type: 'ipv4-addr', value: '198.51.100.3', belongs_to_refs: ['x'] },
      'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4',
    ],
  ])('%j is %s', (object, id) => expect(observableId(object)).toBe(id))

  it('counts one hash, by the order of the specification', () => {
    const hashes = { 'SHA-512': 'd', 'SHA-256': 'c', 'SHA-1': 'b', MD5: 'a' }
    expect(observableName({ type: 'file', hashes, name: 'x' })).toBe('{"hashes":{"MD5":"a"},"name":"x"}')
    expect(observableName({ type: 'file', hashes: { SSDEEP: 's', 'SHA3-256': 't' } })).toBe(
      '{"hashes":{"SHA3-256":"t"}}',
    )
  })
  it('asks for a random id where nothing that counts is there', () => {
    expect(observableId({ type: 'process', pid: 1 })).toBeUndefined()
    expect(observableId({ type: 'x509-certificate', issuer: 'a' })).toBeUndefined()
    expect(observableId({ type: 'x-acme', value: 'a' })).toBeUndefined()
  })
})

describe('canonical JSON', () => {
  it('orders properties by UTF-16 code units and writes numbers as ECMAScript does', () => {
    const value = {
      '\u20ac': 'Euro',
      '\r': 'CR',
      '\ufb33': 'Dalet',
      1: 'One',
      '\ud83d\ude00': 'Smile',
      '\u0080': 'C',
      '\u00f6': 'o',
    }
    expect(canonicalJson(value)).toBe(
      '{"\\r":"CR","1":"One","\u0080":"C","\u00f6":"o","\u20ac":"Euro","\ud83d\ude00":"Smile","\ufb33":"Dalet"}',
    )
    expect(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    )
  })
})

describe('UUIDs', () => {
  it('tells versions and refuses what is none', () => {
    expect(uuidVersion(randomUuid(new Uint8Array(16).fill(255)))).toBe(4)
    expect(uuidVersion('00000000-0000-0000-0000-000000000000')).toBeUndefined()
  })
  it('takes ids apart', () => {
    expect(parseStixId('tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f')).toMatchObject({ type: 'tool', version: 4 })
    for (const id of [
      'tool--x',
      '--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
      'Tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
    ])
      expect(parseStixId(id)).toBeUndefined()
  })
})
