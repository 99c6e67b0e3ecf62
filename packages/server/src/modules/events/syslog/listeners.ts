import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { EventsConfig } from '../config.ts'
import type { DeliveryParts } from './delivery.ts'
import { listenTcp } from './tcp-listener.ts'
import { listenUdp } from './udp-listener.ts'

/** The syslog listeners that are configured: none unless somebody asked for them. */
export async function startSyslog(
  parts: DeliveryParts,
  metrics: Metrics,
  config: EventsConfig,
): Promise<{ close(): Promise<void> }> {
  const open: { close(): Promise<void> }[] = []
  const said = (kind: string, port: number) => parts.log.info(`listening for syslog over ${kind}`, { port })
  try {
    if (config.syslogUdp) {
      const listener = await listenUdp(parts, metrics, addressOf(config.syslogUdp))
      open.push(listener)
      said('UDP', listener.port)
    }
    const { maxRecordBytes } = config
    if (config.syslogTcp) {
      const listener = await listenTcp(parts, { ...addressOf(config.syslogTcp), maxRecordBytes })
      open.push(listener)
      said('TCP', listener.port)
    }
    if (config.syslogTls) {
      if (!config.syslogTlsCert || !config.syslogTlsKey)
        throw new Error(
          'syslog over TLS needs WATCHFLOOR_EVENTS_SYSLOG_TLS_CERT and WATCHFLOOR_EVENTS_SYSLOG_TLS_KEY (files)',
        )
      const tls = { certFile: config.syslogTlsCert, keyFile: config.syslogTlsKey }
      const listener = await listenTcp(parts, { ...addressOf(config.syslogTls), maxRecordBytes, tls })
      open.push(listener)
      said('TLS', listener.port)
    }
  } catch (error) {
    await Promise.all(open.map((one) => one.close()))
    throw error
  }
  return {
    async close() {
      await Promise.all(open.map((one) => one.close()))
    },
  }
}

function addressOf(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
}
