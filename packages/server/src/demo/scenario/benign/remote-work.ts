import { company, hosts, type Person, people, type WindowsHost } from '../company.ts'
import { vpnRecord } from '../formats/network.ts'
import { loggedOn, machineOf, serviceChanged, ticketGranted } from '../formats/security-log.ts'
import { processStarted } from '../formats/sysmon.ts'
import { type Activity, following, type Habits } from './activity.ts'

/** Works from home for a while. */
export const workFromHome: Activity<Person> = (who, atMs, random) => {
  if (!who.homeIp) return []
  const next = following(atMs, random, 30_000)
  const tunnel = {
    login: who.login,
    publicIp: who.homeIp,
    insideIp: `10.20.9.${random.int(20, 60)}`,
    id: random.int(1e8, 2e9),
  }
  const mistyped = random.chance(0.15)
    ? [vpnRecord(next(), { action: 'ssl-login-fail', login: who.login, publicIp: who.homeIp, id: 0 })]
    : []
  return [
    ...mistyped,
    vpnRecord(next(), { action: 'tunnel-up', ...tunnel }),
    ticketGranted(next(), who, tunnel.insideIp),
    vpnRecord(next() + 1_200_000 * random.next(), { action: 'tunnel-down', ...tunnel }),
  ]
}

const serviceNames = [
  'Windows Update',
  'Background Intelligent Transfer Service',
  'Print Spooler',
  'Windows Modules Installer',
] as const

const serviceWork: Activity<WindowsHost> = (host, atMs, random) => [
  serviceChanged(host, Math.floor(atMs), {
    name: random.pick(serviceNames),
    state: random.pick(['running', 'stopped'] as const),
  }),
]

/** Machines log on to each other all day. */
const machineLogon: Activity<WindowsHost> = (host, atMs, random) => {
  const next = following(atMs, random, 200)
  const from = random.pick([...people.map((one) => one.workstation), hosts.fileServer, hosts.erpServer])
  const machine = { login: machineOf(from), sid: `${company.domainSid}-${1500 + random.int(1, 40)}` }
  return [
    ticketGranted(next(), machine, from.ip),
    loggedOn(host, next(), machine, { type: 3, fromIp: from.ip, fromName: '-' }),
  ]
}

const serverPrograms: readonly (readonly [image: string, commandLine: string])[] = [
  ['C:\\Windows\\System32\\svchost.exe', 'C:\\Windows\\system32\\svchost.exe -k LocalService'],
  ['C:\\Program Files\\ERP\\worker.exe', '"C:\\Program Files\\ERP\\worker.exe" --queue invoices'],
  ['C:\\Program Files\\Backup\\agent.exe', '"C:\\Program Files\\Backup\\agent.exe" --incremental D:\\Shares'],
  ['C:\\Windows\\System32\\wbem\\WmiPrvSE.exe', 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -Embedding'],
]

const serverProgram: Activity<WindowsHost> = (host, atMs, random) => {
  const [image, commandLine] = random.pick(serverPrograms)
  const parent = { image: 'C:\\Windows\\System32\\services.exe', commandLine: 'C:\\Windows\\system32\\services.exe' }
  return [
    processStarted(host, Math.floor(atMs), {
      image,
      commandLine,
      user: 'NT AUTHORITY\\SYSTEM',
      parent,
      integrity: 'System',
    }),
  ]
}

/** What goes on on each Windows server. */
export const habitsOfWindowsServer: Habits<WindowsHost> = [
  [serviceWork, 10],
  [machineLogon, 60],
  [serverProgram, 40],
]
