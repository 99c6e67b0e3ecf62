import { describe, expect, it } from 'vitest'
import { normalise } from '../normalise.ts'

const taxonomyOf = (record: string | object) =>
  normalise(typeof record === 'string' ? record : JSON.stringify(record), { receivedMs: Date.UTC(2026, 0, 2) }).taxonomy

describe('names that rules use and records do not have', () => {
  it.each([
    ['c000003e', '59', 'execve'],
    ['c000003e', '319', 'memfd_create'],
    ['c00000b7', '221', 'execve'],
    ['c000003e', '9999', undefined],
    ['40000003', '11', undefined],
  ])('system call %s/%s is %s', (arch, number, name) => {
    const line = `type=SYSCALL msg=audit(1767261600.123:42): arch=${arch} syscall=${number} success=yes exe="/bin/x"`
    expect(taxonomyOf(line).SYSCALL).toBe(name)
  })
  it('of a system call stay those of an enriched log', () => {
    const line =
      'type=SYSCALL msg=audit(1767261600.123:42): arch=c000003e syscall=59 exe="/bin/x"\u001dARCH=x86_64 SYSCALL=other'
    expect(taxonomyOf(line).SYSCALL).toBe('other')
  })
  it.each([
    [
      'squid',
      '1767261600.123 12 192.0.2.7 TCP_MISS/200 512 GET http://www.example.org/a/b.exe?x=1 - DIRECT/198.51.100.3 -',
    ],
    [
      'W3C',
      { 'c-ip': '192.0.2.7', 'cs-method': 'GET', 'c-uri': 'http://www.example.org/a/b.exe?x=1', 'sc-status': 200 },
    ],
    [
      'Zeek',
      { _path: 'http', ts: 1767261600.1, uid: 'C1', 'id.orig_h': '192.0.2.7', method: 'GET', uri: '/a/b.exe?x=1' },
    ],
  ])('parts of the address in a record of %s', (_, record) => {
    expect(taxonomyOf(record)).toMatchObject({
      'cs-uri-stem': '/a/b.exe',
      'c-uri-query': 'x=1',
      'c-uri-extension': 'exe',
    })
  })
  it('none where the address has none', () => {
    const taxonomy = taxonomyOf({
      'c-ip': '192.0.2.7',
      'cs-method': 'GET',
      'c-uri': 'http://www.example.org/',
      'sc-status': 200,
    })
    expect(taxonomy['c-uri-extension']).toBeUndefined()
    expect(taxonomy['c-uri-query']).toBeUndefined()
  })
})
