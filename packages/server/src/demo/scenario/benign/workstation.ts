import { account, fullName, hosts, type Person } from '../company.ts'
import {
  fromWorkstation,
  loggedOff,
  loggedOn,
  logonFailed,
  scriptBlock,
  serviceTicketGranted,
  shareOpened,
  ticketGranted,
} from '../formats/security-log.ts'
import { fileCreated, type Process, processStarted, registrySet } from '../formats/sysmon.ts'
import { type Activity, following, type Habits } from './activity.ts'
import { administer, deploy } from './administration.ts'
import { browse } from './browsing.ts'
import { cloudWork } from './cloud.ts'

const documents = [
  'Quotation 4471',
  'Calibration report',
  'Minutes',
  'Stock list',
  'Forecast Q3',
  'Spare parts',
  'Letter',
] as const
const office = [
  ['WINWORD.EXE', 'docx', 'Word'],
  ['EXCEL.EXE', 'xlsx', 'Excel'],
  ['POWERPNT.EXE', 'pptx', 'PowerPoint'],
] as const

/** Opens a document and saves it. */
const writeDocument: Activity<Person> = (who, atMs, random) => {
  const next = following(atMs, random, 9000)
  const [program, extension, title] = random.pick(office)
  const path = `C:\\Users\\${who.login}\\Documents\\${random.pick(documents)} ${random.int(1, 40)}.${extension}`
  const process: Process = {
    image: `C:\\Program Files\\Microsoft Office\\root\\Office16\\${program}`,
    commandLine: `"C:\\Program Files\\Microsoft Office\\root\\Office16\\${program}" /n "${path}"`,
    user: account(who),
    folder: `C:\\Users\\${who.login}\\Documents\\`,
  }
  return [
    processStarted(who.workstation, next(), process),
    registrySet(who.workstation, next(), process, {
      path: `HKU\\${who.sid}\\Software\\Microsoft\\Office\\16.0\\${title}\\File MRU\\Item 1`,
      data: `[F00000000]${path}`,
    }),
    fileCreated(who.workstation, next(), process, path.replace(/([^\\]+)$/, '~$$$1')),
    fileCreated(who.workstation, next(), process, path),
  ]
}

const services: Process = {
  image: 'C:\\Windows\\System32\\services.exe',
  commandLine: 'C:\\Windows\\system32\\services.exe',
  user: 'NT AUTHORITY\\SYSTEM',
}
const background: readonly (readonly [image: string, commandLine: string])[] = [
  ['C:\\Windows\\System32\\svchost.exe', 'C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule'],
  ['C:\\Windows\\System32\\taskhostw.exe', 'taskhostw.exe KEYROAMING'],
  [
    'C:\\Windows\\System32\\SearchProtocolHost.exe',
    '"C:\\Windows\\system32\\SearchProtocolHost.exe" Global\\UsGthrFltPipeMssGthrPipe4_',
  ],
  ['C:\\Windows\\System32\\conhost.exe', '\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1'],
  [
    'C:\\Windows\\System32\\backgroundTaskHost.exe',
    '"C:\\Windows\\system32\\backgroundTaskHost.exe" -ServerName:App.AppXmtcan0h2tfbfy7k9kn8hbxb6dmzz1zh0.mca',
  ],
  ['C:\\Program Files\\Browser\\updater.exe', '"C:\\Program Files\\Browser\\updater.exe" --wake --system'],
  ['C:\\Windows\\System32\\wbem\\WmiPrvSE.exe', 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding'],
]

/** What Windows does by itself. */
const housekeeping: Activity<Person> = (who, atMs, random) => {
  const [image, commandLine] = random.pick(background)
  const process: Process = { image, commandLine, user: services.user, parent: services, integrity: 'System' }
  return [processStarted(who.workstation, Math.floor(atMs), process)]
}

/** Unlocks the screen; a wrong password now and then. */
const unlock: Activity<Person> = (who, atMs, random) => {
  const next = following(atMs, random, 1500)
  const from = { ...fromWorkstation(who, 7), fromIp: '127.0.0.1' }
  const wrong = random.chance(0.1) ? [logonFailed(who.workstation, next(), who, from)] : []
  return [
    ...wrong,
    ticketGranted(next(), who, who.workstation.ip),
    serviceTicketGranted(next(), who, {
      service: `${who.workstation.name.toUpperCase()}$`,
      fromIp: who.workstation.ip,
      encryption: '0x12',
    }),
    loggedOn(who.workstation, next(), who, from),
    loggedOff(who.workstation, next() + 4000, who, 7),
  ]
}

const shares = ['Sales', 'Projects', 'Calibration', 'Scans'] as const

/** Reads something on the file server. */
const useShare: Activity<Person> = (who, atMs, random) => {
  const next = following(atMs, random, 400)
  return [
    serviceTicketGranted(next(), who, {
      service: `${hosts.fileServer.name.toUpperCase()}$`,
      fromIp: who.workstation.ip,
      encryption: '0x12',
    }),
    loggedOn(hosts.fileServer, next(), who, fromWorkstation(who, 3)),
    shareOpened(hosts.fileServer, next(), who, { name: random.pick(shares), fromIp: who.workstation.ip }),
    loggedOff(hosts.fileServer, next() + 60_000, who, 3),
  ]
}

const tools: readonly (readonly [image: string, commandLine: string])[] = [
  ['C:\\Program Files\\Git\\cmd\\git.exe', 'git fetch --prune origin'],
  ['C:\\Program Files\\Git\\cmd\\git.exe', 'git status --porcelain'],
  ['C:\\Program Files\\nodejs\\node.exe', 'node scripts\\build.js --watch'],
  ['C:\\Python312\\python.exe', 'python -m pytest tests -q'],
  ['C:\\Windows\\System32\\OpenSSH\\ssh.exe', 'ssh lf-build-01.corp.example.com'],
]

/** Builds and tests from a terminal. */
const program: Activity<Person> = (who, atMs, random) => {
  const [image, commandLine] = random.pick(tools)
  const shell = {
    image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    commandLine: '"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe" -NoLogo',
  }
  const process: Process = { image, commandLine, user: account(who), parent: shell, folder: 'C:\\src\\firmware\\' }
  const block = random.chance(0.4)
    ? [scriptBlock(who.workstation, Math.floor(atMs) + 5, { text: `prompt; ${commandLine}` })]
    : []
  return [processStarted(who.workstation, Math.floor(atMs), process), ...block]
}

/** Looks who is logged on, as people do when a script behaves oddly. */
const askWhoAmI: Activity<Person> = (who, atMs) => [
  processStarted(who.workstation, Math.floor(atMs), {
    image: 'C:\\Windows\\System32\\whoami.exe',
    commandLine: 'whoami /all',
    user: account(who),
    folder: `C:\\Users\\${who.login}\\`,
    parent: { image: 'C:\\Windows\\System32\\cmd.exe', commandLine: `cmd.exe /k title ${fullName(who.workstation)}` },
  }),
]

const everybody: Habits<Person> = [
  [browse, 9],
  [housekeeping, 30],
  [unlock, 3],
  [useShare, 6],
]

/** What people do at their workstations, by their work. */
export const habitsOf: Readonly<Record<Person['work'], Habits<Person>>> = {
  office: [...everybody, [writeDocument, 6]],
  developer: [...everybody, [program, 24], [cloudWork, 10], [askWhoAmI, 0.06]],
  administrator: [...everybody, [program, 6], [cloudWork, 6], [administer, 2.5], [deploy, 0.35]],
}
