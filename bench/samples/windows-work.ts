import type { Seeded } from './seeded.ts'

/** What runs on the machines of a company on an ordinary day, with as many different command lines as there are runs. */

const system = 'C:\\Windows\\System32\\'
const word = 'C:\\Program Files\\Microsoft Office\\root\\Office16\\'
const surnames = [
  'adams',
  'baker',
  'clark',
  'davis',
  'evans',
  'frank',
  'ghosh',
  'hills',
  'irwin',
  'jones',
  'klein',
  'lopez',
]
const projects = ['atlas', 'borealis', 'cinder', 'delta', 'ember', 'fjord', 'granite', 'harbour', 'island', 'juniper']
const extensions = ['docx', 'xlsx', 'pdf', 'pptx', 'txt', 'csv', 'log', 'json', 'tmp', 'zip', 'png', 'msg']
const domains = ['example.com', 'example.net', 'example.org']

export const user = (s: Seeded): string => `${String.fromCharCode(97 + s.below(26))}.${s.pick(surnames)}${s.below(40)}`
export const host = (s: Seeded): string => `${s.pick(['ws', 'lt', 'srv', 'vdi'])}-${s.pick(projects)}-${s.below(400)}`
export const domainName = (s: Seeded): string =>
  `${s.pick(['www', 'api', 'cdn', 'login', 'mail', 'img', 'assets'])}${s.below(90)}.${s.pick(projects)}.${s.pick(domains)}`
export const document = (s: Seeded): string =>
  `C:\\Users\\${user(s)}\\${s.pick(['Documents', 'Downloads', 'Desktop', 'OneDrive - Example', 'AppData\\Local\\Temp'])}\\${s.pick(projects)}-${s.pick(['report', 'plan', 'notes', 'invoice', 'draft', 'budget'])}-${s.below(5_000)}.${s.pickSkewed(extensions)}`

interface Program {
  readonly image: string
  readonly parents: readonly string[]
  readonly command: (s: Seeded) => string
}

const explorer = 'C:\\Windows\\explorer.exe'
const services = `${system}services.exe`
const shell = `${system}WindowsPowerShell\\v1.0\\powershell.exe`
const chrome = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'

const browser = (s: Seeded): string =>
  `--type=${s.pick(['renderer', 'utility', 'gpu-process'])} --lang=${s.pick(['en-GB', 'de', 'fr'])} --device-scale-factor=${s.pick(['1', '1.25', '1.5'])} --num-raster-threads=${1 + s.below(4)} --renderer-client-id=${s.below(900)} --time-ticks-at-unix-epoch=-17${s.below(1e9)} --launch-time-ticks=${s.below(1e9)} --field-trial-handle=${s.below(9_999)},i,${s.below(1e6)},262144 /prefetch:${s.below(9)}`

export const programs: readonly Program[] = [
  { image: chrome, parents: [chrome, explorer], command: browser },
  { image: edge, parents: [edge, explorer], command: browser },
  { image: `${system}svchost.exe`, parents: [services], command: (s) => `-k ${s.pick(['netsvcs', 'LocalService', 'NetworkService', 'UnistackSvcGroup'])} -p -s ${s.pick(['Schedule', 'BITS', 'wuauserv', 'Dnscache', 'WinRM', 'gpsvc', 'lmhosts'])}` },
  { image: `${system}conhost.exe`, parents: [`${system}cmd.exe`, shell], command: () => '0xffffffff -ForceV1' },
  { image: `${system}taskhostw.exe`, parents: [`${system}svchost.exe`], command: (s) => s.pick(['{222A245B-E637-4AE9-A93F-A59CA119A75E}', 'Install $(Arg0)', 'KEYROAMING', 'USER']) },
  { image: `${word}OUTLOOK.EXE`, parents: [explorer], command: (s) => `/recycle /eml "${document(s)}"` },
  { image: `${word}WINWORD.EXE`, parents: [explorer, `${word}OUTLOOK.EXE`], command: (s) => `/n "${document(s)}" /o ""` },
  { image: `${word}EXCEL.EXE`, parents: [explorer, `${word}OUTLOOK.EXE`], command: (s) => `/dde "${document(s)}"` },
  { image: `${system}notepad.exe`, parents: [explorer], command: (s) => `"${document(s)}"` },
  { image: `${system}backgroundTaskHost.exe`, parents: [`${system}svchost.exe`], command: (s) => `-ServerName:App.AppX${s.hex(32)}.mca` },
  { image: `${system}dllhost.exe`, parents: [`${system}svchost.exe`], command: (s) => `/Processid:{${s.guid().toUpperCase()}}` },
  { image: `${system}cmd.exe`, parents: [explorer, services, 'C:\\Program Files\\nodejs\\node.exe'], command: (s) => `/d /s /c "${s.pick(['npm run build', 'dir', 'type', 'copy /y', 'node --version', 'gradlew.bat assemble'])} ${document(s)}"` },
  { image: shell, parents: [`${system}svchost.exe`, explorer], command: (s) => `-NoProfile -File "C:\\ProgramData\\Inventory\\${s.pick(projects)}-${s.below(300)}.ps1" -Site ${s.pick(projects)} -Run ${s.guid()}` },
  { image: 'C:\\Program Files\\Git\\cmd\\git.exe', parents: ['C:\\Program Files\\Microsoft VS Code\\Code.exe'], command: (s) => `-c core.quotepath=false ${s.pick(['fetch --all --prune', 'status -z -uall', 'log --format=%H -n 1', 'show --textconv'])} ${s.hex(40)}` },
  { image: 'C:\\Program Files\\nodejs\\node.exe', parents: [`${system}cmd.exe`], command: (s) => `"C:\\src\\${s.pick(projects)}\\node_modules\\.bin\\${s.pick(['tsc', 'vite', 'eslint', 'vitest'])}.js" --project build-${s.below(800)}.json` },
  { image: `${system}msiexec.exe`, parents: [services], command: (s) => `/i C:\\Windows\\Installer\\${s.hex(6)}.msi /qn /norestart REBOOT=ReallySuppress` },
  { image: `${system}wbem\\WmiPrvSE.exe`, parents: [`${system}svchost.exe`], command: () => '-secured -Embedding' },
  { image: `${system}SearchProtocolHost.exe`, parents: [`${system}SearchIndexer.exe`], command: (s) => `Global\\UsGthrFltPipeMssGthrPipe${s.below(900)}_ Global\\UsGthrCtrlFltPipeMssGthrPipe${s.below(900)} 1 -2147483646` },
  { image: `${system}rundll32.exe`, parents: [explorer, `${system}svchost.exe`], command: (s) => `${s.pick(['shell32.dll,Control_RunDLL', 'printui.dll,PrintUIEntry', 'Windows.Storage.ApplicationData.dll,CleanupTemporaryState'])} ${s.below(99)}` },
  { image: `${system}net.exe`, parents: [`${system}cmd.exe`], command: (s) => `use ${s.pick(['G:', 'H:', 'P:'])} \\\\files${s.below(20)}.example.com\\${s.pick(projects)} /persistent:yes` },
  { image: `${system}schtasks.exe`, parents: [`${system}cmd.exe`], command: (s) => `/query /fo LIST /v /tn "Example\\${s.pick(projects)} ${s.below(90)}"` },
  { image: `${system}reg.exe`, parents: [`${system}cmd.exe`], command: (s) => `query HKLM\\Software\\Example\\${s.pick(projects)} /v Build${s.below(900)}` },
  { image: 'C:\\Program Files\\Java\\jdk-21\\bin\\java.exe', parents: [`${system}cmd.exe`, services], command: (s) => `-Xmx${s.below(16) + 1}g -Dapp.id=${s.guid()} -cp C:\\srv\\${s.pick(projects)}\\lib\\* com.example.${s.pick(projects)}.Main --port ${8_000 + s.below(900)}` },
  { image: 'C:\\Program Files\\Example\\Agent\\agent.exe', parents: [services], command: (s) => `--interval 60 --session ${s.guid()}` },
] // biome-ignore format: a table

export const program = (s: Seeded): Program => s.pickSkewed(programs)
export const registryKey = (s: Seeded): string =>
  s.pick([
    `HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-21-${s.below(1e9)}-1104\\\\Device\\HarddiskVolume3${s.pick(programs).image.slice(2)}`,
    `HKU\\S-1-5-21-${s.below(1e9)}-1104\\Software\\Microsoft\\Office\\16.0\\Common\\Roaming\\Identities\\${s.hex(16)}`,
    `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\DiagTrack\\SettingsRequests\\${s.guid()}`,
    `HKU\\S-1-5-21-${s.below(1e9)}-1104_Classes\\Local Settings\\MuiCache\\${s.below(99)}\\${s.hex(8)}`,
  ])
export const libraries = ['ntdll', 'kernel32', 'KernelBase', 'amsi', 'clr', 'mscoree', 'advapi32', 'sechost', 'rpcrt4', 'bcrypt', 'msvcrt', 'ole32', 'combase', 'shlwapi', 'propsys', 'wininet', 'urlmon', 'dbghelp'] // biome-ignore format: a list
