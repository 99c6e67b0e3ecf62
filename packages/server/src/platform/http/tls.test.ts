import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, fetch } from 'undici'
import { afterAll, expect, it } from 'vitest'
import { createOutgoingHttp } from './outgoing-client.ts'
import { systemRoutes } from './system-routes.ts'
import { testServer } from './testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-tls-'))
afterAll(() => rmSync(folder, { recursive: true }))
const keyFile = join(folder, 'key.pem')
const certFile = join(folder, 'cert.pem')

function makeCertificate(): boolean {
  const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'.split(
    ' ',
  )
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certFile]
  try {
    execFileSync('openssl', [...args, ...names], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('skipped: TLS tests need the openssl command to make a certificate')
    return false
  }
}

it.runIf(makeCertificate())(
  'serves over TLS and promises it; the way out refuses a certificate it does not know',
  async () => {
    const { log, metrics } = testServer([])
    const info = { title: 't', version: '1', sessionCookie: 's', apiKeyHeader: 'x-api-key' }
    const routes = systemRoutes({ health: async () => [], metrics, log, routes: () => [], info })
    const { server } = testServer(routes, { tls: { keyFile, certFile } })
    const { url } = await server.listen({ host: '127.0.0.1', port: 0 })
    const dispatcher = new Agent({ connect: { ca: readFileSync(certFile) } })
    const outgoing = createOutgoingHttp()
    try {
      const answer = await fetch(`${url}/health/live`, { dispatcher })
      expect(url).toMatch(/^https:/)
      expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([200, 'max-age=31536000'])
      const request = { url: `${url}/health/live`, timeoutMs: 2000, maxBytes: 1000, trust: 'administrator' } as const
      await expect(outgoing.send(request)).rejects.toMatchObject({ code: 'UNREACHABLE' })
    } finally {
      await Promise.all([outgoing.close(), dispatcher.destroy(), server.close({ timeoutMs: 500 })])
    }
  },
)
