import { company, type LinuxHost, people } from '../company.ts'
import { syslogRecord } from '../formats/unix.ts'
import type { Random } from '../random.ts'
import type { LogRecord } from '../record.ts'
import { type Activity, following } from './activity.ts'

export interface Mail {
  readonly sender: string
  readonly recipient: string
  readonly fromHost: string
  readonly fromIp: string
  readonly bytes: number
}

/** What Postfix writes about one message on its way in. */
export function mailReceived(gateway: LinuxHost, atMs: number, mail: Mail, random: Random): LogRecord[] {
  const next = following(atMs, random, 500)
  const id = random.hex(10).toUpperCase()
  const line = (app: string, text: string) =>
    syslogRecord(gateway, next(), { app: `postfix/${app}`, facility: 2, text })
  return [
    line('smtpd', `connect from ${mail.fromHost}[${mail.fromIp}]`),
    line('smtpd', `${id}: client=${mail.fromHost}[${mail.fromIp}]`),
    line('cleanup', `${id}: message-id=<${random.hex(12)}@${mail.fromHost}>`),
    line('qmgr', `${id}: from=<${mail.sender}>, size=${mail.bytes}, nrcpt=1 (queue active)`),
    line(
      'smtp',
      `${id}: to=<${mail.recipient}>, relay=store.${company.domain}[10.20.2.41]:25, delay=0.8, dsn=2.0.0, status=sent (250 2.0.0 Ok)`,
    ),
    line('qmgr', `${id}: removed`),
  ]
}

const senders = [
  ['orders@parts.catalogue.example', 'mx.catalogue.example', '198.51.100.41'],
  ['newsletter@news.example.org', 'out.news.example.org', '198.51.100.23'],
  ['support@saas.example', 'mail.saas.example', '198.51.100.52'],
  ['lab@customer.example.net', 'mx.customer.example.net', '192.0.2.52'],
] as const

/** A message from outside to somebody of the staff. */
export const ordinaryMail: Activity<LinuxHost> = (gateway, atMs, random) => {
  const [sender, fromHost, fromIp] = random.pick(senders)
  const recipient = random.pick(people).mail
  return mailReceived(gateway, atMs, { sender, recipient, fromHost, fromIp, bytes: random.int(2000, 900_000) }, random)
}
