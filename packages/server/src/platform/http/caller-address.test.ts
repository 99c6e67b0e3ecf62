import { describe, expect, it } from 'vitest'
import { callerNetwork, isLoopback, normaliseIp } from './caller-address.ts'

describe("a caller's address", () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['FE80::1%eth0', 'fe80::1'],
    ['2001:db8::1', '2001:db8::1'],
  ])('%s is written %s', (ip, expected) => expect(normaliseIp(ip)).toBe(expected))

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (ip, network) => expect(callerNetwork(ip)).toBe(network))

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['128.0.0.1', false],
    ['127.0.0.1.example.org', false],
  ])('%s is of this machine: %s', (ip, expected) => expect(isLoopback(ip)).toBe(expected))
})
