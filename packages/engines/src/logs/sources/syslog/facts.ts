import type { EventBuilder } from '../../builder.ts'
import { isIp } from '../../transforms.ts'
import { readDnsMessage } from './dns-messages.ts'

/** Names of Sigma services (or `=category`) that a program's messages belong to. */
type Services = readonly string[]

interface Program {
  readonly name: RegExp
  readonly services: Services
  readonly read?: (body: string, event: EventBuilder) => void
}

const PROGRAMS: readonly Program[] = [
  { name: /^sshd(?:-session|-auth)?$/, services: ['sshd', 'auth'], read: readSshd },
  { name: /^sudo$/, services: ['sudo', 'auth'], read: readSudo },
  { name: /^su$/, services: ['auth'], read: readSu },
  { name: /^(?:CRON|crond?|anacron|crontab|cronie)$/i, services: ['cron'], read: readCron },
  {
    name: /^(?:user(?:add|del|mod)|group(?:add|del|mod)|passwd|chage|gpasswd|chpasswd)$/,
    services: ['auth'],
    read: readAccounts,
  },
  {
    name: /^(?:login|systemd-logind|polkitd|pkexec|gdm.{0,20}|lightdm|doas|remote|rlogind?|klogind)$/,
    services: ['auth'],
    read: readPam,
  },
  { name: /^(?:clamd|freshclam|clamav.{0,20}|clamonacc)$/, services: ['clamav', '=antivirus'], read: readClamav },
  { name: /^(?:guacd|guacamole)$/, services: ['guacamole'] },
  { name: /^vsftpd$/, services: ['vsftpd'] },
  { name: /^dnsmasq(?:-dhcp)?$/, services: ['dnsmasq', '=dns'], read: readDnsMessage },
  { name: /^(?:named|bind9?)$/, services: ['named', '=dns'], read: readDnsMessage },
  { name: /^unbound$/, services: ['unbound', '=dns'], read: readDnsMessage },
  { name: /^(?:openvpn|ovpn-.{1,40}|charon|pluto|strongswan|wireguard)$/, services: ['vpn'], read: readVpn },
  { name: /^kernel$/, services: ['kernel'], read: readNetfilter },
]

const programOf = (app: string): Program | undefined => {
  const name = app.slice(app.lastIndexOf('/') + 1)
  return PROGRAMS.find((p) => p.name.test(name))
}
/** Whether messages of this program are read by its name, whatever they look like. The kernel also carries audit records. */
export const isKnownProgram = (app: string): boolean => app !== 'kernel' && programOf(app) !== undefined

/** Takes what is known out of a program's message and says which Sigma services it belongs to. */
export function readFacts(app: string, body: string, event: EventBuilder): Services {
  const program = programOf(app)
  const text = body.slice(0, 8_192)
  if (program?.read !== undefined) program.read(text, event)
  else readPam(text, event)
  if (program?.name.source === '^kernel$')
    return event.ecs['source.ip'] === undefined ? ['kernel'] : ['kernel', '=firewall']
  return program?.services ?? []
}

function authentication(
  event: EventBuilder,
  action: string,
  outcome: 'success' | 'failure' | undefined,
  type = 'start',
): void {
  event.derive('event.category', ['authentication'])
  event.derive('event.type', [type])
  event.derive('event.action', action)
  event.derive('event.outcome', outcome)
}

function from(event: EventBuilder, address: string | undefined, port?: string): void {
  if (address !== undefined)
    event.derive(isIp(address) ? 'source.ip' : 'source.domain', address, isIp(address) ? 'related.ip' : 'related.hosts')
  if (port !== undefined) event.derive('source.port', Number(port))
}
const user = (event: EventBuilder, name: string | undefined): void => event.derive('user.name', name, 'related.user')

const SSH_LOGIN =
  /^(Accepted|Failed) (\S{1,40}) for (?:(invalid) user )?(.{0,128}?) from (\S{1,128})(?: port (\d{1,5}))?/
const SSH_INVALID = /^(?:Invalid|Illegal) user (.{0,128}?) from (\S{1,128})(?: port (\d{1,5}))?/
const SSH_DISCONNECT =
  /^(?:Received disconnect from|Disconnected from|Connection (?:closed|reset) by|Disconnecting)(?: (?:invalid |authenticating )?user (.{1,128}?))? ?(\d[\d.]{6,15}|[0-9a-f:]{3,39})(?: port (\d{1,5}))?/i

function readSshd(body: string, event: EventBuilder): void {
  const login = SSH_LOGIN.exec(body)
  if (login !== null) {
    const ok = login[1] === 'Accepted'
    authentication(event, ok ? 'ssh-login' : 'ssh-login-failed', ok ? 'success' : 'failure')
    user(event, login[4])
    from(event, login[5], login[6])
    event.name('method', login[2])
    return
  }
  const invalid = SSH_INVALID.exec(body)
  if (invalid !== null) {
    authentication(event, 'ssh-invalid-user', 'failure')
    user(event, invalid[1])
    from(event, invalid[2], invalid[3])
    return
  }
  const gone = SSH_DISCONNECT.exec(body)
  if (gone !== null) {
    authentication(event, 'ssh-disconnected', undefined, 'end')
    user(event, gone[1])
    from(event, gone[2], gone[3])
    return
  }
  readPam(body, event)
}

const PAM_FAILURE = /authentication failure;.{0,200}?(?:\brhost=(\S{0,128}))(?:\s+user=(\S{1,128}))?/
const PAM_SESSION = /session (opened|closed) for user ([^\s(]{1,128})(?:\(uid=\d+\))?(?: by ([^\s(]{0,128}))?/
const ADDRESS_AFTER_FROM = /\b(?:from|rhost=) ?(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})\b/i

function readPam(body: string, event: EventBuilder): void {
  const failure = PAM_FAILURE.exec(body)
  if (failure !== null) {
    authentication(event, 'authentication-failed', 'failure')
    from(event, failure[1] === '' ? undefined : failure[1])
    user(event, failure[2])
    return
  }
  const session = PAM_SESSION.exec(body)
  if (session !== null) {
    const opened = session[1] === 'opened'
    event.derive('event.category', ['authentication', 'session'])
    event.derive('event.type', [opened ? 'start' : 'end'])
    event.derive('event.action', opened ? 'session-opened' : 'session-closed')
    user(event, session[2])
    return
  }
  const address = ADDRESS_AFTER_FROM.exec(body)
  if (address !== null && isIp(address[1]!)) from(event, address[1])
}

const SUDO =
  /^\s*(\S{1,128}) : (?:(.{1,200}?) ; )?TTY=(\S{1,64}) ; PWD=(.{1,1024}?) ; USER=(\S{1,128}) ;(?: GROUP=\S{1,128} ;)?(?: ENV=.{1,1024}? ;)? COMMAND=([\s\S]*)$/

function readSudo(body: string, event: EventBuilder): void {
  const m = SUDO.exec(body)
  if (m === null) {
    readPam(body, event)
    return
  }
  const refused = m[2] !== undefined
  event.derive('event.category', ['process'])
  event.derive('event.type', [refused ? 'denied' : 'start'])
  event.derive('event.action', refused ? 'sudo-refused' : 'sudo-command')
  event.derive('event.outcome', refused ? 'failure' : 'success')
  user(event, m[1])
  event.derive('user.effective.name', m[5], 'related.user')
  event.derive('process.working_directory', m[4])
  event.derive('process.command_line', m[6])
  event.derive('process.executable', m[6]!.split(' ', 1)[0])
  event.name('USER', m[5])
  event.name('PWD', m[4])
  event.name('TTY', m[3])
  event.name('COMMAND', m[6])
}

const SU = /^(?:\((?:to )?(\S{1,128})\) (\S{1,128}) on|(FAILED|Successful) su for (\S{1,128}) by (\S{1,128}))/

function readSu(body: string, event: EventBuilder): void {
  const m = SU.exec(body)
  if (m === null) {
    readPam(body, event)
    return
  }
  authentication(event, 'su', m[3] === 'FAILED' ? 'failure' : 'success')
  user(event, m[2] ?? m[5])
  event.derive('user.effective.name', m[1] ?? m[4], 'related.user')
}

const CRON = /^\((\S{1,128})\) (CMD|RELOAD|REPLACE|LIST|BEGIN EDIT|END EDIT|DELETE|STARTUP|INFO) \(([\s\S]*)\)$/

function readCron(body: string, event: EventBuilder): void {
  const m = CRON.exec(body)
  if (m === null) {
    readPam(body, event)
    return
  }
  user(event, m[1])
  event.derive('event.action', `cron-${m[2]!.toLowerCase().replace(' ', '-')}`)
  if (m[2] === 'CMD') {
    event.derive('event.category', ['process'])
    event.derive('event.type', ['start'])
    event.derive('process.command_line', m[3]!.trim())
  } else event.derive('event.category', ['configuration'])
}

const ACCOUNT =
  /^(new user|new group|delete user|removed group|change user|password changed for|add|remove)[: ]+(?:name=)?['`]?([\w.$-]{1,128})/

function readAccounts(body: string, event: EventBuilder): void {
  const m = ACCOUNT.exec(body)
  if (m === null) {
    readPam(body, event)
    return
  }
  const isGroup = m[1]!.includes('group')
  event.derive('event.category', ['iam'])
  event.derive('event.type', [
    isGroup ? 'group' : 'user',
    m[1]!.startsWith('new') ? 'creation' : /^(?:delete|remove)/.test(m[1]!) ? 'deletion' : 'change',
  ])
  event.derive('event.action', m[1]!.replaceAll(' ', '-'))
  if (isGroup) event.derive('group.name', m[2])
  else event.derive('user.target.name', m[2], 'related.user')
}

const CLAM_FOUND = /^(.{1,1024}): (\S{1,256}?)(?:\([0-9a-f]{32}:\d+\))? FOUND$/

function readClamav(body: string, event: EventBuilder): void {
  const m = CLAM_FOUND.exec(body)
  if (m === null) return
  event.derive('event.category', ['malware'])
  event.derive('event.action', 'malware-detected')
  event.derive('file.path', m[1])
  event.derive('rule.name', m[2])
  event.name('Signature', m[2])
  event.name('Filename', m[1])
}

const VPN_PEER = /(?:^|[\s[])(?:(\S{1,128})\/)?(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5})|\[(\d{1,5})\])?/

function readVpn(body: string, event: EventBuilder): void {
  const m = VPN_PEER.exec(body)
  event.derive('event.category', ['network'])
  if (m === null || !isIp(m[2]!)) return
  user(event, m[1])
  from(event, m[2], m[3] ?? m[4])
}

/** iptables and nftables: `… IN=eth0 OUT= SRC=… DST=… PROTO=TCP SPT=… DPT=…`. */
function readNetfilter(body: string, event: EventBuilder): void {
  const at = body.indexOf('IN=')
  if (at < 0 || !body.includes('SRC=')) return
  const values = new Map<string, string>()
  for (const m of body.slice(at).matchAll(/\b([A-Z]{2,8})=(\S{0,64})/g))
    if (!values.has(m[1]!)) values.set(m[1]!, m[2]!)
  const words = body
    .slice(0, at)
    .replace(/^\[\s*[\d.]+\]\s*/, '')
    .trim()
  const action = /\b(DROP|REJECT|BLOCK|DENY|ACCEPT|ALLOW)/i.exec(words)?.[1]?.toLowerCase()
  const source = values.get('SRC')
  const destination = values.get('DST')
  if (source !== undefined && isIp(source)) event.derive('source.ip', source, 'related.ip')
  if (destination !== undefined && isIp(destination)) event.derive('destination.ip', destination, 'related.ip')
  if (values.has('SPT')) event.derive('source.port', Number(values.get('SPT')))
  if (values.has('DPT')) event.derive('destination.port', Number(values.get('DPT')))
  event.derive('network.transport', values.get('PROTO')?.toLowerCase())
  event.derive('event.category', ['network'])
  event.derive('event.action', action)
  event.derive('rule.name', words)
  for (const [name, value] of values) event.name(name, value)
  event.name('src_ip', source)
  event.name('dst_ip', destination)
  event.name('src_port', values.get('SPT'))
  event.name('dst_port', values.get('DPT'))
  event.name('action', action)
}
