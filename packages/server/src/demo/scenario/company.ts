/**
 * Larkfield Instruments: an invented maker of measuring instruments. Inside it uses 10.20.0.0/16; everything outside has
 * addresses and names that are reserved for documentation.
 */
export const company = {
  name: 'Larkfield Instruments',
  mailDomain: 'example.com',
  domain: 'corp.example.com',
  netbios: 'LARKFIELD',
  domainSid: 'S-1-5-21-1407069837-2091007605-538272213',
  awsAccount: '123456789012',
  awsRegion: 'eu-central-1',
} as const

export interface WindowsHost {
  readonly name: string
  readonly ip: string
  /** Who ships its logs, and how. */
  readonly source: 'workstations' | 'servers' | 'domain'
}

export interface LinuxHost {
  readonly name: string
  readonly ip: string
  readonly source: 'linux' | 'mail'
  /** How its syslog daemon writes. */
  readonly syslog: 'rfc3164' | 'rfc5424'
}

export interface Person {
  readonly login: string
  readonly name: string
  readonly mail: string
  readonly work: 'office' | 'developer' | 'administrator'
  readonly workstation: WindowsHost
  readonly sid: string
  /** Public address at home; who has one works from there at times. */
  readonly homeIp?: string
}

const staff: readonly (readonly [name: string, work: Person['work'], homeIp?: string])[] = [
  ['Ruth Castellane', 'office'],
  ['Ines Marlow', 'office', '192.0.2.14'],
  ['Hollis Brandt', 'office', '192.0.2.87'],
  ['Amara Nwosu', 'office', '192.0.2.131'],
  ['Mei Tanaka-Ross', 'office'],
  ['Oskar Lindqvist', 'office'],
  ['Daniel Okafor', 'office', '192.0.2.166'],
  ['Piotr Zielin', 'office'],
  ['Fatima Haddad', 'office'],
  ['Priya Raghunathan', 'developer', '192.0.2.201'],
  ['Jonas Ekdahl', 'developer', '192.0.2.219'],
  ['Tomas Veldkamp', 'administrator', '192.0.2.240'],
]

/** `Mei Tanaka-Ross` → `mtanaka`. */
const loginOf = (name: string): string => {
  const [first = '', last = ''] = name.toLowerCase().split(' ')
  return `${first.slice(0, 1)}${last.split('-', 1)[0]}`
}

export const people: readonly Person[] = staff.map(([name, work, homeIp], index) => ({
  login: loginOf(name),
  name,
  mail: `${name.toLowerCase().replace(' ', '.')}@${company.mailDomain}`,
  work,
  workstation: {
    name: `lf-ws-${String(index + 1).padStart(2, '0')}`,
    ip: `10.20.4.${21 + index}`,
    source: 'workstations',
  },
  sid: `${company.domainSid}-${1104 + index}`,
  ...(homeIp ? { homeIp } : {}),
}))

/** @param login of somebody who works there */
export function person(login: string): Person {
  const found = people.find((one) => one.login === login)
  if (!found) throw new Error(`nobody at ${company.name} logs in as ${login}`)
  return found
}

const windowsServer = (name: string, ip: string, source: WindowsHost['source']): WindowsHost => ({ name, ip, source })
const linuxServer = (name: string, ip: string, syslog: LinuxHost['syslog'], source: LinuxHost['source'] = 'linux') =>
  ({ name, ip, source, syslog }) as const

export const hosts = {
  domainController: windowsServer('lf-dc-01', '10.20.1.10', 'domain'),
  fileServer: windowsServer('lf-fs-01', '10.20.1.20', 'servers'),
  erpServer: windowsServer('lf-erp-01', '10.20.1.30', 'servers'),
  webServer: linuxServer('lf-web-01', '10.20.2.10', 'rfc3164'),
  appServer: linuxServer('lf-app-01', '10.20.2.20', 'rfc5424'),
  buildServer: linuxServer('lf-build-01', '10.20.2.30', 'rfc3164'),
  mailGateway: linuxServer('lf-mx-01', '10.20.2.40', 'rfc3164', 'mail'),
} as const

export const windowsServers: readonly WindowsHost[] = [hosts.domainController, hosts.fileServer, hosts.erpServer]
export const linuxServers: readonly LinuxHost[] = [hosts.webServer, hosts.appServer, hosts.buildServer]

export const vpnGateway = { name: 'lf-vpn-01', publicIp: '198.51.100.2' } as const
export const resolver = hosts.domainController.ip

export const fullName = (host: { readonly name: string }): string => `${host.name}.${company.domain}`
export const account = (who: { readonly login: string }): string => `${company.netbios}\\${who.login}`

/** What staff look at and programs talk to. */
export const sites: readonly { readonly host: string; readonly ip: string; readonly paths: readonly string[] }[] = [
  { host: 'www.news.example.org', ip: '198.51.100.21', paths: ['/', '/world', '/business', '/assets/site.css'] },
  { host: 'weather.example.org', ip: '198.51.100.22', paths: ['/today', '/api/forecast?days=3', '/icons.svg'] },
  { host: 'parts.catalogue.example', ip: '198.51.100.40', paths: ['/search?q=thermocouple', '/item/4471', '/cart'] },
  { host: 'crm.saas.example', ip: '198.51.100.51', paths: ['/login', '/api/v2/contacts?page=1', '/app.js', '/deals'] },
  { host: 'docs.office-suite.example', ip: '198.51.100.60', paths: ['/edit/9f2', '/api/sync', '/static/editor.js'] },
  { host: 'mail.office-suite.example', ip: '198.51.100.61', paths: ['/inbox', '/api/poll', '/calendar'] },
  { host: 'cdn.assets.example', ip: '198.51.100.70', paths: ['/fonts/serif.woff2', '/lib/chart.js', '/img/hero.webp'] },
  { host: 'maps.example.net', ip: '198.51.100.81', paths: ['/tiles/12/2143/1407.png', '/route?to=depot'] },
  { host: 'bank.example.net', ip: '198.51.100.90', paths: ['/', '/statements', '/payments'] },
  { host: 'travel.example.net', ip: '198.51.100.97', paths: ['/trains', '/hotels?city=delft', '/booking/confirm'] },
  { host: 'git.forge.example', ip: '198.51.100.110', paths: ['/larkfield/firmware.git/info/refs', '/api/v4/projects'] },
  {
    host: 'registry.packages.example',
    ip: '198.51.100.111',
    paths: ['/sensor-lib', '/sensor-lib/-/sensor-lib-2.4.1.tgz'],
  },
  { host: 'updates.vendor.example', ip: '198.51.100.120', paths: ['/v1/check', '/v1/manifest.json', '/delta/118.cab'] },
]

/** What the intruders use; 203.0.113.0/24 is theirs alone. */
export const intruders = {
  mailIp: '203.0.113.18',
  mailHost: 'mx.delivery-notice.example.net',
  sender: 'accounts@delivery-notice.example.net',
  downloadHost: 'files.delivery-notice.example.net',
  downloadIp: '203.0.113.45',
  controlHost: 'cdn-metrics.example.net',
  controlIp: '203.0.113.60',
  tunnelDomain: 't.cdn-metrics.example.net',
  loginIp: '203.0.113.77',
  toolsIp: '203.0.113.78',
  storeHost: 'eu1.filebox.example',
  storeIp: '203.0.113.120',
} as const
