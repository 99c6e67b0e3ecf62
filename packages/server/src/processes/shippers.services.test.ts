import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Source } from '@watchfloor/contracts/events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedPeople } from '../modules/identity/testing.ts'
import { memoryLog } from '../platform/log/memory-log.ts'
import { collectRoutes } from './routes.ts'
import { type RunningServer, readConfig, serve } from './serve.ts'

const lines = 500
const hasRsyslog = spawnSync('rsyslogd', ['-v']).status === 0

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}

/** rsyslog following a file, and sending each line by three ways. */
const rsyslogConfig = (folder: string, http: number, syslog: number, apiKey: string): string => `
module(load="imfile" PollingInterval="1")
module(load="omelasticsearch")
global(workDirectory="${folder}")
template(name="doc" type="list" option.jsonf="on") {
  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
}
input(type="imfile" File="${folder}/in.log" Tag="app:")
if $syslogtag == "app:" then {
  action(type="omelasticsearch" server="127.0.0.1" serverport="${http}" bulkmode="on" searchIndex="app"
    template="doc" uid="watchfloor" pwd="${apiKey}" errorfile="${folder}/refused.json")
  action(type="omfwd" target="127.0.0.1" port="${syslog}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")
  action(type="omfwd" target="127.0.0.1" port="${syslog}" protocol="udp")
}
`

describe.skipIf(!hasRsyslog)(
  'a real rsyslog (skipped where rsyslog and rsyslog-elasticsearch are not installed)',
  () => {
    let folder: string
    let server: RunningServer
    let syslogPort: number

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'watchfloor-shippers-'))
      syslogPort = await freePort()
      server = await serve(
        readConfig({
          WATCHFLOOR_DATA_DIR: join(folder, 'data'),
          WATCHFLOOR_PORT: '0',
          WATCHFLOOR_EVENTS_SYSLOG_TCP: `127.0.0.1:${syslogPort}`,
          WATCHFLOOR_EVENTS_SYSLOG_UDP: `127.0.0.1:${syslogPort}`,
        }),
        { log: memoryLog() },
      )
    }, 60_000)

    afterAll(async () => {
      await server?.stop()
      await rm(folder, { recursive: true, force: true })
    })

    it('delivers every line by bulk, by TCP and by UDP', async () => {
      const people = await seedPeople(server.open.platform, collectRoutes().permissions)
      const apiKey = await people.apiKey('administrator', ['events:write', 'sources:read'])
      const text = Array.from({ length: lines }, (_, n) => `line ${n} from the application\n`).join('')
      await writeFile(join(folder, 'in.log'), text)
      const config = rsyslogConfig(folder, Number(new URL(server.url).port), syslogPort, apiKey)
      await writeFile(join(folder, 'rsyslog.conf'), config)
      const shipper = spawn('rsyslogd', ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')])
      try {
        const sources = async (): Promise<Source[]> => {
          const answer = await fetch(`${server.url}/api/v1/sources`, { headers: { 'x-api-key': apiKey } })
          return ((await answer.json()) as { items: Source[] }).items
        }
        const wanted = ['app', 'tcp 127.0.0.1', 'udp 127.0.0.1']
        await expect
          .poll(async () => (await sources()).map(({ name, storedEvents }) => [name, storedEvents]), {
            timeout: 40_000,
          })
          .toEqual(expect.arrayContaining(wanted.map((name) => [name, lines])))
        for (const { name, rejected } of await sources()) expect(rejected, name).toBe(0)
        await expect(readFile(join(folder, 'refused.json'), 'utf8')).rejects.toThrow('ENOENT')
      } finally {
        shipper.kill('SIGTERM')
      }
    }, 60_000)
  },
)
