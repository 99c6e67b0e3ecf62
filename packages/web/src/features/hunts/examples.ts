import type { HuntKind } from '@watchfloor/contracts/hunts'

/** Hunts to begin with: short, valid as they stand, and each a question that people ask. `id` names its sentence. */
export interface Example {
  readonly id: string
  readonly kind: HuntKind
  readonly text: string
}

const encodedPowerShell = `title: PowerShell with an encoded command
status: experimental
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith:
      - '\\powershell.exe'
      - '\\pwsh.exe'
    CommandLine|contains:
      - ' -enc '
      - ' -EncodedCommand '
  condition: selection
level: high
`

const accountDiscovery = `title: Who am I, asked by a script
status: experimental
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith:
      - '\\whoami.exe'
      - '\\nltest.exe'
  condition: selection
level: medium
`

export const examples: readonly Example[] = [
  {
    id: 'officeChild',
    kind: 'query',
    text: 'process.parent.name:(winword.exe or excel.exe) and process.name:(powershell.exe or cmd.exe)',
  },
  { id: 'failedLogons', kind: 'query', text: 'event.outcome:failure and event.category:authentication' },
  { id: 'encoded', kind: 'sigma', text: encodedPowerShell },
  { id: 'discovery', kind: 'sigma', text: accountDiscovery },
  {
    id: 'subnet',
    kind: 'indicators',
    text: '203.0.113.0/24\nhxxp://updates.example[.]net/drop.bin\nevil.example[.]org\n',
  },
  {
    id: 'dropper',
    kind: 'pattern',
    text: "([process:name = 'cmd.exe'] FOLLOWEDBY [network-traffic:dst_port = 4444]) WITHIN 300 SECONDS",
  },
]
