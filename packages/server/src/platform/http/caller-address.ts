/**
 * The one spelling of a caller's address: IPv4 addresses that arrived over an IPv6 socket (`::ffff:192.0.2.1`) become
 * IPv4, zone names (`%eth0`) go.
 */
export function normaliseIp(ip: string): string {
  const bare = ip.replace(/%.*$/, '').toLowerCase()
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(bare)
  return mapped?.[1] ?? bare
}

export const isLoopback = (ip: string): boolean => ip === '::1' || /^127(\.\d{1,3}){3}$/.test(ip)

/** What counts as one caller when nobody signed in: an IPv4 address, or the /64 network an IPv6 host may roam in. */
export function callerNetwork(ip: string): string {
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array.from({ length: gap }, () => '0'), ...right]
  return `${groups.slice(0, 4).join(':')}::/64`
}
