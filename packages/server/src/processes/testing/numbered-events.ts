/** Events that each carry a number of their own, and rules of which it is known in advance which events they match. */

const rule = (id: string, title: string, selection: string) => `title: ${title}
id: ${id}
status: stable
level: high
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    ${selection}
  condition: selection
`

/** Rules with the numbers that they match. */
export const numberedRules: readonly { id: string; yaml: string; matches: (number: number) => boolean }[] = [
  {
    id: '3b1f0c52-6a5e-4b0e-9a53-0d3c0f6f1a01',
    yaml: rule(
      '3b1f0c52-6a5e-4b0e-9a53-0d3c0f6f1a01',
      'Shadow copies deleted',
      "CommandLine|contains: 'vssadmin delete shadows'",
    ),
    matches: (number) => number % 50 === 0,
  },
  {
    id: '3b1f0c52-6a5e-4b0e-9a53-0d3c0f6f1a02',
    yaml: rule('3b1f0c52-6a5e-4b0e-9a53-0d3c0f6f1a02', 'Credential dumper', "Image|endswith: '\\dumper.exe'"),
    matches: (number) => number % 70 === 0,
  },
]

const hosts = 7

/** One line of a process that was started, as a Windows agent sends it. */
export function eventLine(number: number, atMs: number): string {
  return JSON.stringify({
    number,
    '@timestamp': new Date(atMs).toISOString(),
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    EventID: 1,
    Computer: `ws-${number % hosts}.example.com`,
    User: 'EXAMPLE\\ada',
    Image: number % 70 === 0 ? 'C:\\Users\\Public\\dumper.exe' : 'C:\\Windows\\System32\\cmd.exe',
    CommandLine: number % 50 === 0 ? `vssadmin delete shadows /quiet ${number}` : `cmd.exe /c echo ${number}`,
  })
}

/** The number of an event, from its untouched original. */
export const numberOf = (raw: string): number => Number(/"number":(\d+)/.exec(raw)?.[1] ?? Number.NaN)
