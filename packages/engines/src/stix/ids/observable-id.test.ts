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
    // What OASIS's Python library makes of them.
    [
      {
        type: 'email-message',
        is_multipart: false,
        from_ref: 'email-addr--8f5f7fba-cc24-5e3f-aca4-f7194112e042',
        subject: 's\u00fc',
        body: 'b',
      },
      'email-message--16de5c5f-511a-56dd-b809-9b85044661f9',
    ],
    [
      {
        type: 'network-traffic',
        start: '2020-01-01T00:00:00.1Z',
        src_ref: 'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4',
        dst_port: 80,
        protocols: ['tcp', 'http'],
      },
      'network-traffic--e3a06bd2-8b22-550a-b6b0-09d52018f89e',
    ],
    [
      {
        type: 'network-traffic',
        start: '2020-01-01T00:00:00Z',
        end: '2020-01-01T00:00:00.123456Z',
        is_active: false,
        src_ref: 'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4',
        dst_port: 80,
        protocols: ['tcp', 'http'],
        extensions: { 'tcp-ext': { src_flags_hex: '00000002' } },
      },
      'network-traffic--740948ca-2187-526a-be9c-aa944a5f8f4a',
    ],
    [
      { type: 'user-account', user_id: '1', account_login: 'x', account_type: 'unix' },
      'user-account--9d249b6c-b618-5ed9-8f09-7238d7709672',
    ],
    [
      {
        type: 'windows-registry-key',
        key: 'HKEY_LOCAL_MACHINE\\a',
        values: [{ name: 'n', data: 'd', data_type: 'REG_SZ' }],
      },
      'windows-registry-key--a9dda35f-5975-564c-978c-67e6dbbbe0c8',
    ],
    [
      {
        type: 'x509-certificate',
        hashes: { 'SHA-1': 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
        serial_number: '36:f7:d4',
      },
      'x509-certificate--b6c7dbe0-c193-5c8a-b211-c5ec4d177353',
    ],
    [
      {
        type: 'software',
        name: 'n',
        cpe: 'cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*',
        swid: 'x',
        vendor: 'v',
        version: '1',
      },
      'software--2938839a-7528-5920-9bf4-680869487220',
    ],
    [{ type: 'autonomous-system', number: 15139 }, 'autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff'],
    [{ type: 'artifact', payload_bin: 'VBORw0KGgoAAAANSUhEUgAAA' }, 'artifact--f7ce27db-8d98-5ecb-86fb-fdbefc13a12f'],
    [
      {
        type: 'file',
        name: 'a"b\\c\n\u2028.exe',
        parent_directory_ref: 'directory--aec2777c-c98a-5190-bb4b-5061f70c4618',
      },
      'file--f1e3a4e0-9817-52b6-85c7-504f7223e48a',
    ],
    [
      {
        type: 'file',
        hashes: {
          'SHA-256': 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f',
          MD5: 'd41d8cd98f00b204e9800998ecf8427e',
        },
        name: 'x',
      },
      'file--1c37fef2-09a7-5064-a334-2905e9b713a1',
    ],
    [
      {
        type: 'file',
        name: 'x',
        extensions: { 'windows-pebinary-ext': { pe_type: 'exe', sections: [{ name: 's', entropy: 7.0 }] } },
      },
      'file--5ede203c-d3be-537f-a300-60a7f8f1c3ef',
    ],
    [
      {
        type: 'file',
        name: 'x',
        extensions: {
          'windows-pebinary-ext': {
            pe_type: 'exe',
            time_date_stamp: '2016-01-22T12:31:12Z',
            sections: [{ name: 's', size: 1000000000000000, entropy: 7.123456789e-9 }],
          },
        },
      },
      'file--09587b6d-c1dc-5b7c-b428-779f55457b83',
    ],
    [
      {
        type: 'file',
        name: 'x',
        extensions: { 'raster-image-ext': { exif_tags: { Make: 'Nikon', XResolution: 4928 } } },
      },
      'file--8288e971-e2a4-5093-9218-6671b0b86b17',
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
