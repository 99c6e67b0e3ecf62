import { describe, expect, it } from 'vitest'
import { shipperExample, shippers } from './shipper-examples.ts'

describe('examples for shippers', () => {
  it('name this server, with its port', () => {
    for (const shipper of shippers.filter((each) => each !== 'cli'))
      expect(shipperExample(shipper, 'https://floor.example.org', 'a b')).toContain('floor.example.org')
    expect(shipperExample('fluentbit', 'https://floor.example.org', 'x')).toContain('port: 443')
    expect(shipperExample('fluentbit', 'http://127.0.0.1:8700', 'x')).toContain('port: 8700')
  })
  it('write the name of the source so that it survives a URL', () =>
    expect(shipperExample('curl', 'http://127.0.0.1:8700', 'a b&c')).toContain('source=a%20b%26c'))
})
