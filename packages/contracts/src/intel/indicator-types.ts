import { z } from 'zod'

/** What an indicator's value is. */
export const indicatorTypes = [
  'ipv4',
  'ipv6',
  'cidr',
  'domain',
  'url',
  'email',
  'file-name',
  'md5',
  'sha1',
  'sha256',
  'ja3',
  'ja4',
  'user-agent',
  'registry-key',
] as const
export const indicatorType = z.enum(indicatorTypes)
export type IndicatorType = z.infer<typeof indicatorType>

/** Characters of a value at most. */
export const maxIndicatorLength = 2000
