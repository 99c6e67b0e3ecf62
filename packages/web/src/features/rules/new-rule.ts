/** A small rule that is valid as it stands, to write one's own over. It names no id: the server gives one. */
export const newRuleYaml = `title: Encoded PowerShell Command Line
status: experimental
description: PowerShell started with an encoded command, which hides what it does.
author: ''
tags:
  - attack.execution
  - attack.t1059.001
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\powershell.exe'
    CommandLine|contains:
      - ' -enc '
      - ' -EncodedCommand '
  condition: selection
falsepositives:
  - Deployment tools
level: medium
`
