/** Events of a small company that does not exist, as Sysmon writes them. */

export interface Process {
  readonly atMs: number
  readonly host: string
  readonly user: string
  readonly image: string
  readonly commandLine: string
  readonly parent: string
}

/** A process that was started, in the shape of an EVTX record as JSON. */
export const processStarted = ({ atMs, host, user, image, commandLine, parent }: Process): object => ({
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
      EventID: 1,
      Level: 4,
      TimeCreated: { '#attributes': { SystemTime: new Date(atMs).toISOString() } },
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Computer: host,
    },
    EventData: {
      Image: image,
      CommandLine: commandLine,
      User: `EXAMPLE\\${user}`,
      ProcessId: 4000 + (atMs % 9000),
      ParentImage: parent,
    },
  },
})

const explorer = 'C:\\Windows\\explorer.exe'
const word = 'C:\\Program Files\\Microsoft Office\\root\\Office16\\winword.exe'
const system32 = 'C:\\Windows\\System32'

export const hostOf = (index: number): string => `ws-${String(index).padStart(3, '0')}.example.org`
export const encodedCommand = 'powershell.exe -NoP -W Hidden -enc SQBFAFgAIABmAGwAbwBvAHIA'

/** What the rule "Encoded PowerShell started by Word" is about. */
export const wordStartsPowerShell = (atMs: number, host: string, user: string): object =>
  processStarted({
    atMs,
    host,
    user,
    image: `${system32}\\WindowsPowerShell\\v1.0\\powershell.exe`,
    commandLine: encodedCommand,
    parent: word,
  })

export const shadowsDeleted = (atMs: number, host: string, user: string): object =>
  processStarted({
    atMs,
    host,
    user,
    image: `${system32}\\vssadmin.exe`,
    commandLine: 'vssadmin.exe delete shadows /all /quiet',
    parent: `${system32}\\cmd.exe`,
  })

export const whoami = (atMs: number, host: string, user: string): object =>
  processStarted({
    atMs,
    host,
    user,
    image: `${system32}\\whoami.exe`,
    commandLine: 'whoami /all',
    parent: `${system32}\\cmd.exe`,
  })

const programs = [
  ['outlook.exe', 'C:\\Program Files\\Microsoft Office\\root\\Office16\\outlook.exe /recycle'],
  ['winword.exe', '"C:\\Users\\Public\\Documents\\Minutes of the board.docx"'],
  ['msedge.exe', '--type=renderer --lang=en-GB'],
  ['svchost.exe', '-k netsvcs -p -s Schedule'],
  ['teams.exe', '--process-start-args "--system-initiated"'],
] as const
const people = ['alice', 'bram', 'chiara', 'deniz', 'emeka']

/** An ordinary day: programs that people use, spread evenly over the time before `endMs`. */
export function ordinaryDay(endMs: number, count: number, spanMs: number): object[] {
  return Array.from({ length: count }, (_, index) => {
    const [name, args] = programs[index % programs.length]!
    return processStarted({
      atMs: Math.round(endMs - ((index + 0.5) / count) * spanMs),
      host: hostOf((index * 7) % 23),
      user: people[(index * 3) % people.length]!,
      image: `C:\\Program Files\\${name}`,
      commandLine: `${name} ${args}`,
      parent: explorer,
    })
  })
}
