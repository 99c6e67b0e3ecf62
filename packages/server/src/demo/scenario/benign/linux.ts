import { company, hosts, type LinuxHost, people } from '../company.ts'
import { zeekConnection, zeekDns } from '../formats/network.ts'
import { auditedRun, cronMessage, sshMessage, sudoMessage, syslogRecord } from '../formats/unix.ts'
import { type Activity, following, type Habits } from './activity.ts'
import { applicationStorage } from './cloud.ts'

const keyOwners = people.filter((one) => one.work !== 'office')
const fingerprint = 'SHA256:q3mT5mD0Yx0mFvW7uP1sN8cK2bR4tH6jL9aE5dG1fZo'

const jobs: readonly (readonly [user: string, command: string])[] = [
  ['root', '   cd / && run-parts --report /etc/cron.hourly'],
  ['root', 'command -v debian-sa1 > /dev/null && debian-sa1 1 1'],
  ['www-data', '/usr/bin/php /srv/www/cron.php'],
  ['root', '/usr/local/bin/node-health --quiet'],
]

/** A cron job and the session that it opens. */
const cron: Activity<LinuxHost> = (host, atMs, random) => {
  const [user, command] = random.pick(jobs)
  const next = following(atMs, random, 60)
  return [
    syslogRecord(host, next(), {
      app: 'CRON',
      facility: 10,
      text: `pam_unix(cron:session): session opened for user ${user}(uid=0) by (uid=0)`,
    }),
    cronMessage(host, next(), user, command),
    syslogRecord(host, next(), {
      app: 'CRON',
      facility: 10,
      text: `pam_unix(cron:session): session closed for user ${user}`,
    }),
  ]
}

/** Somebody comes in with a key, does a little, leaves. */
const visit: Activity<LinuxHost> = (host, atMs, random) => {
  const who = random.pick(keyOwners)
  const next = following(atMs, random, 12_000)
  const port = random.int(49_152, 65_000)
  const from = `from ${who.workstation.ip} port ${port}`
  const records = [
    zeekConnection(next(), {
      fromIp: who.workstation.ip,
      toIp: host.ip,
      port: 22,
      service: 'ssh',
      sentBytes: random.int(4000, 60_000),
      receivedBytes: random.int(4000, 90_000),
      durationSeconds: random.int(30, 900),
    }),
    sshMessage(host, next(), `Accepted publickey for ${who.login} ${from} ssh2: ED25519 ${fingerprint}`),
    sshMessage(
      host,
      next(),
      `pam_unix(sshd:session): session opened for user ${who.login}(uid=1001) by ${who.login}(uid=0)`,
    ),
  ]
  if (random.chance(0.5))
    records.push(
      sudoMessage(host, next(), {
        user: who.login,
        folder: `/home/${who.login}`,
        command: random.pick([
          '/usr/bin/systemctl restart telemetry',
          '/usr/bin/journalctl -u telemetry -n 200',
          '/usr/bin/apt-get update',
        ]),
      }),
    )
  records.push(sshMessage(host, next(), `pam_unix(sshd:session): session closed for user ${who.login}`))
  return records
}

const runs: readonly (readonly [executable: string, ...words: string[]])[] = [
  ['/usr/bin/df', 'df', '-P', '/srv'],
  ['/usr/bin/ps', 'ps', '-eo', 'pid,comm,rss'],
  ['/usr/bin/find', 'find', '/srv/uploads', '-mtime', '+30', '-delete'],
  ['/usr/bin/git', 'git', 'fetch', '--prune'],
  ['/usr/bin/node', 'node', 'dist/worker.js'],
]

const run: Activity<LinuxHost> = (host, atMs, random) => {
  const [executable, ...words] = random.pick(runs)
  return auditedRun(host, Math.floor(atMs), { executable, arguments: words, uid: random.pick([0, 33, 1001]) })
}

const units = ['telemetry.service', 'logrotate.service', 'apt-daily.service', 'systemd-tmpfiles-clean.service'] as const
const systemd: Activity<LinuxHost> = (host, atMs, random) => {
  const unit = random.pick(units)
  const next = following(atMs, random, 800)
  return [
    syslogRecord(host, next(), { app: 'systemd', facility: 3, pid: 1, text: `Starting ${unit}...` }),
    syslogRecord(host, next(), { app: 'systemd', facility: 3, pid: 1, text: `${unit}: Deactivated successfully.` }),
    syslogRecord(host, next(), { app: 'systemd', facility: 3, pid: 1, text: `Finished ${unit}.` }),
  ]
}

const guesses = ['admin', 'oracle', 'test', 'ubuntu', 'pi', 'guest'] as const
/** The internet tries the door of the web server, as it always does. */
const doorRattling: Activity<LinuxHost> = (host, atMs, random) => {
  const next = following(atMs, random, 900)
  const ip = `198.51.100.${random.int(200, 214)}`
  const guess = random.pick(guesses)
  const port = random.int(1025, 65_000)
  return [
    sshMessage(host, next(), `Invalid user ${guess} from ${ip} port ${port}`),
    sshMessage(host, next(), `Failed password for invalid user ${guess} from ${ip} port ${port} ssh2`),
    sshMessage(host, next(), `Connection closed by invalid user ${guess} ${ip} port ${port} [preauth]`),
  ]
}

/** Reverse look-ups and mirrors, as servers do. */
const lookUp: Activity<LinuxHost> = (host, atMs, random) => [
  zeekDns(Math.floor(atMs), {
    fromIp: host.ip,
    ...random.pick([
      { name: 'deb.mirror.example.org', answers: ['198.51.100.130'] },
      { name: `lf-db.${company.domain}`, answers: ['10.20.2.60'] },
      { name: `${random.int(2, 250)}.4.20.10.in-addr.arpa`, type: 'PTR' as const, answers: [] },
      { name: `${company.mailDomain}`, type: 'TXT' as const, answers: ['TXT 22 v=spf1 ip4:198.51.100.2 -all'] },
    ]),
  }),
]

const everywhere: Habits<LinuxHost> = [
  [cron, 24],
  [visit, 3],
  [run, 30],
  [systemd, 8],
  [lookUp, 20],
]

/** What happens on each Linux server. */
export const habitsOfServer = (host: LinuxHost): Habits<LinuxHost> => [
  ...everywhere,
  ...(host.name === hosts.webServer.name ? ([[doorRattling, 9]] as const) : []),
  ...(host.name === hosts.appServer.name
    ? ([[(_: LinuxHost, atMs, random) => applicationStorage(hosts.appServer, atMs, random), 50]] as Habits<LinuxHost>)
    : []),
]
