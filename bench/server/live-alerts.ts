/** Alerts as the browser gets them: over the live stream. */
export interface LiveAlerts {
  /** When an alert about this host came, on `performance.now()`'s clock. */
  seenMs(host: string): number | undefined
  close(): void
}

/** Follows the stream; resolves once it is open. */
export async function followAlerts(
  request: (path: string, signal: AbortSignal) => Promise<Response>,
): Promise<LiveAlerts> {
  const ended = new AbortController()
  const response = await request('/api/v1/live', ended.signal)
  if (!response.ok || !response.body) throw new Error(`the live stream answered ${response.status}`)
  const seen = new Map<string, number>()
  void read(response.body, (host) => {
    if (!seen.has(host)) seen.set(host, performance.now())
  }).catch(() => undefined)
  return { seenMs: (host) => seen.get(host), close: () => ended.abort() }
}

async function read(body: ReadableStream<Uint8Array>, onHost: (host: string) => void): Promise<void> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const part of body) {
    text += decoder.decode(part, { stream: true })
    const messages = text.split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      if (!/^event: ?alerts\.changed$/m.test(message)) continue
      const data = message.match(/^data: ?(.*)$/m)?.[1]
      if (data === undefined) continue
      const { alert } = JSON.parse(data) as { alert: { entities: Record<string, string> } }
      const host = alert.entities['host.name']
      if (host !== undefined) onHost(host)
    }
  }
}
