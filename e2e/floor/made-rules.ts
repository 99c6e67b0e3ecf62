/** Sigma rules written for these tests, over the events of made-events.ts. */

export const encodedPowerShell = `title: Encoded PowerShell started by Word
id: 5b8a4f60-1f7e-4c57-9d0b-7a3a6e1c2d01
status: stable
description: |
  Word starts PowerShell with an encoded command. Documents that carry macros do this; people do not.
references:
  - https://docs.example.org/hunting/office-children
author: Floor tests
date: 2026-01-10
tags:
  - attack.execution
  - attack.t1059.001
  - attack.t1204.002
logsource:
  product: windows
  category: process_creation
detection:
  parent:
    ParentImage|endswith: '\\\\winword.exe'
  child:
    Image|endswith: '\\\\powershell.exe'
    CommandLine|contains: ' -enc '
  condition: parent and child
falsepositives:
  - Mail merge add-ins of the finance department
level: high
`

export const shadowCopies = `title: Shadow copies deleted
id: 5b8a4f60-1f7e-4c57-9d0b-7a3a6e1c2d02
status: stable
description: Copies that a restore would need are removed, as before an encryption for ransom.
tags:
  - attack.impact
  - attack.t1490
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: '\\\\vssadmin.exe'
    CommandLine|contains|all:
      - delete
      - shadows
  condition: selection
level: critical
`

export const discovery = `title: Account discovery with whoami
id: 5b8a4f60-1f7e-4c57-9d0b-7a3a6e1c2d03
status: stable
description: Somebody asks who they are; scripts of administrators do, too.
tags:
  - attack.discovery
  - attack.t1033
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: '\\\\whoami.exe'
  condition: selection
falsepositives:
  - Scripts of administrators
level: medium
`

/** Its modifier does not exist: an import has to say so and go on. */
export const misspelt = `title: Rule with a misspelt modifier
id: 5b8a4f60-1f7e-4c57-9d0b-7a3a6e1c2d04
status: test
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    CommandLine|containz: mimikatz
  condition: selection
level: high
`

export const ruleFiles = [
  { path: 'encoded-powershell.yml', text: encodedPowerShell },
  { path: 'shadow-copies.yml', text: shadowCopies },
  { path: 'discovery.yml', text: discovery },
]
