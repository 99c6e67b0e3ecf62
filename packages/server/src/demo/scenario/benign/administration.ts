import { account, fullName, hosts, type Person, people } from '../company.ts'
import { fromWorkstation, loggedOn, privilegesGiven, scriptBlock, ticketGranted } from '../formats/security-log.ts'
import { type Process, processStarted } from '../formats/sysmon.ts'
import { type Activity, following } from './activity.ts'

const shellImage = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'

const errands: readonly (readonly [image: string, commandLine: string])[] = [
  ['C:\\Windows\\System32\\net.exe', 'net user rcastellane /domain'],
  ['C:\\Windows\\System32\\ipconfig.exe', 'ipconfig /all'],
  ['C:\\Windows\\System32\\gpupdate.exe', 'gpupdate /force'],
  ['C:\\Windows\\System32\\schtasks.exe', 'schtasks /query /fo LIST'],
  ['C:\\Windows\\System32\\reg.exe', 'reg query HKLM\\SOFTWARE\\Larkfield /v Version'],
  ['C:\\Windows\\System32\\mmc.exe', '"C:\\Windows\\System32\\mmc.exe" C:\\Windows\\System32\\dsa.msc'],
]
const scripts = [
  'Get-ADUser -Filter * -Properties LastLogonDate | Sort-Object LastLogonDate | Select-Object -First 20',
  'Get-Service -ComputerName lf-erp-01 | Where-Object Status -eq Stopped',
  'Test-NetConnection lf-fs-01 -Port 445',
  'Get-EventLog -LogName System -Newest 50 | Format-Table -AutoSize',
] as const

/** An administrator's daily errands; at times over remote desktop on the ERP server. */
export const administer: Activity<Person> = (who, atMs, random) => {
  const next = following(atMs, random, 4000)
  const [image, commandLine] = random.pick(errands)
  const process: Process = {
    image,
    commandLine,
    user: account(who),
    integrity: 'High',
    parent: { image: shellImage, commandLine: `"${shellImage}" -NoLogo` },
  }
  const records = [
    processStarted(who.workstation, next(), process),
    scriptBlock(who.workstation, next(), { text: random.pick(scripts) }),
  ]
  if (random.chance(0.2))
    records.push(
      ticketGranted(next(), who, who.workstation.ip),
      loggedOn(hosts.erpServer, next(), who, fromWorkstation(who, 10)),
      privilegesGiven(hosts.erpServer, next(), who),
    )
  return records
}

/** The inventory agent's job: PowerShell with an encoded command, which looks worse than it is. */
export const deploy: Activity<Person> = (who, atMs, random) => {
  const target = random.pick(people.slice(1, 4)).workstation
  const encoded = 'RwBlAHQALQBDAGkAbQBJAG4AcwB0AGEAbgBjAGUAIABXAGkAbgAzADIAXwBCAEkATwBTAA=='
  return [
    processStarted(target, Math.floor(atMs), {
      image: shellImage,
      commandLine: `"${shellImage}" -NoProfile -NonInteractive -EncodedCommand ${encoded}`,
      user: 'NT AUTHORITY\\SYSTEM',
      integrity: 'System',
      parent: {
        image: 'C:\\Program Files\\Inventory Agent\\agent.exe',
        commandLine: `"C:\\Program Files\\Inventory Agent\\agent.exe" --service --host ${fullName(who.workstation)}`,
      },
    }),
    scriptBlock(target, Math.floor(atMs) + 300, { text: 'Get-CimInstance Win32_BIOS' }),
  ]
}
