import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that swallows some answers: the request arrives, and the line breaks before its answer does. */
export async function flakyProxy(
  target: string,
  swallows: (connection: number) => boolean,
): Promise<{ url: string; swallowed: () => number; close(): Promise<void> }> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let connections = 0
  let swallowed = 0
  const server = createServer((client) => {
    const isCut = swallows(++connections)
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => open.delete(socket))
    }
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.pipe(upstream)
    upstream.on('data', (bytes) => {
      if (isCut) {
        swallowed++
        client.destroy()
      } else client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallowed: () => swallowed,
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
