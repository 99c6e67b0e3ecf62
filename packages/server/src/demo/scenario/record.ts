/** Where the scenario's records come from: each a source of its own in the product. */
export const demoSources = {
  workstations: { name: 'Windows workstations (Winlogbeat)', format: 'json' },
  servers: { name: 'Windows servers (Winlogbeat)', format: 'json' },
  domain: { name: 'Domain controller (NXLog)', format: 'json' },
  linux: { name: 'Linux servers (syslog)', format: 'text' },
  mail: { name: 'Mail gateway (Postfix)', format: 'text' },
  proxy: { name: 'Web proxy (Squid)', format: 'text' },
  network: { name: 'Network sensor (Zeek)', format: 'json' },
  vpn: { name: 'VPN gateway (FortiGate)', format: 'text' },
  cloud: { name: 'AWS CloudTrail', format: 'json' },
} as const satisfies Record<string, { readonly name: string; readonly format: 'json' | 'text' }>

export type SourceKey = keyof typeof demoSources

/** One record as a shipper sends it. */
export interface LogRecord {
  /** When it happened, ms since 1970 UTC; the text says the same. */
  readonly timeMs: number
  readonly source: SourceKey
  readonly text: string
}

/** In order of time; records of one instant stay as they were made. */
export const inOrder = (records: readonly LogRecord[]): LogRecord[] =>
  [...records].sort((one, other) => one.timeMs - other.timeMs)
