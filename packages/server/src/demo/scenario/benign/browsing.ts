import { account, type Person, sites } from '../company.ts'
import { squidLine, zeekConnection, zeekDns } from '../formats/network.ts'
import { connected, nameAsked } from '../formats/sysmon.ts'
import type { Random } from '../random.ts'
import type { LogRecord } from '../record.ts'
import { type Activity, following } from './activity.ts'

const browser = (who: Person) => ({
  image: 'C:\\Program Files\\Browser\\browser.exe',
  commandLine: '"C:\\Program Files\\Browser\\browser.exe"',
  user: account(who),
})

const types = ['text/html', 'application/json', 'text/css', 'application/javascript', 'image/webp'] as const

function pageOf(who: Person, next: () => number, random: Random): LogRecord[] {
  const site = random.pick(sites)
  const { ip } = who.workstation
  const records = [zeekDns(next(), { fromIp: ip, name: site.host, answers: [site.ip] })]
  if (random.chance(0.3))
    records.push(
      zeekDns(next(), { fromIp: ip, name: site.host, type: 'AAAA', answers: [`2001:db8:20::${random.hex(3)}`] }),
    )
  if (random.chance(0.35)) {
    records.push(nameAsked(who.workstation, next(), browser(who), { name: site.host, ip: site.ip }))
    records.push(connected(who.workstation, next(), browser(who), { ip: site.ip, host: site.host, port: 443 }))
  }
  const secure = random.chance(0.75)
  for (let request = random.int(1, 4); request > 0; request--)
    records.push(
      squidLine(next(), {
        fromIp: ip,
        login: who.login,
        method: secure ? 'CONNECT' : random.chance(0.1) ? 'POST' : 'GET',
        url: secure ? `${site.host}:443` : `http://${site.host}${random.pick(site.paths)}`,
        toIp: site.ip,
        bytes: random.int(400, 180_000),
        type: random.pick(types),
        status: random.weighted([
          [200, 30],
          [304, 5],
          [404, 1],
        ]),
      }),
    )
  if (random.chance(0.5))
    records.push(
      zeekConnection(next(), {
        fromIp: ip,
        toIp: site.ip,
        port: secure ? 443 : 80,
        service: secure ? 'ssl' : 'http',
        sentBytes: random.int(600, 40_000),
        receivedBytes: random.int(4000, 900_000),
        durationSeconds: random.int(1, 90),
      }),
    )
  return records
}

/** A page or a few, with the names they ask for. */
export const browse: Activity<Person> = (who, atMs, random) => {
  const next = following(atMs, random, 700)
  return Array.from({ length: random.int(1, 3) }, () => pageOf(who, next, random)).flat()
}
