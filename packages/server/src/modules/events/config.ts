import { z } from 'zod'

const megabyte = 1024 * 1024

/** `host:port`, e.g. `127.0.0.1:5514` or `[::]:514`. */
const listenAddress = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:]+):\d{1,5}$/, 'expected host:port')

export const eventsConfig = z.strictObject({
  /** Bytes of records in one request. */
  maxRequestBytes: z.coerce
    .number()
    .int()
    .min(1024)
    .default(64 * megabyte),
  /** A record longer than this is refused (HTTP) or put aside (syslog, files). */
  maxRecordBytes: z.coerce.number().int().min(1024).default(megabyte),
  maxBytesInFlight: z.coerce
    .number()
    .int()
    .min(megabyte)
    .default(256 * megabyte),
  /** The sender is asked to wait when this many batches of the log are unprocessed. */
  maxRecordsBehind: z.coerce.number().int().min(10).default(20_000),
  maxLogBytes: z.coerce
    .number()
    .int()
    .min(megabyte)
    .default(4096 * megabyte),
  idempotencyHours: z.coerce.number().min(1).default(24),
  /** Days that events are kept when their source says nothing. */
  retentionDays: z.coerce.number().int().min(1).default(90),
  /** Folders whose files may be followed, separated by commas. */
  tailRoots: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value),
      z.array(z.string().startsWith('/')),
    )
    .default(['/var/log']),
  syslogUdp: listenAddress.optional(),
  syslogTcp: listenAddress.optional(),
  syslogTls: listenAddress.optional(),
  /** Files, PEM. */
  syslogTlsCert: z.string().optional(),
  syslogTlsKey: z.string().optional().meta({ secret: false }),
})
export type EventsConfig = z.output<typeof eventsConfig>
