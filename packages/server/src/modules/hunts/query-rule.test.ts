import { normalise } from '@watchfloor/engines/logs'
import { evaluate, parseQuery } from '@watchfloor/engines/query'
import { compileRules, fits, matchCompiled, parseRules } from '@watchfloor/engines/sigma'
import { describe, expect, it } from 'vitest'
import { ruleOfQuery } from './query-rule.ts'

const started = (image: string, commandLine: string, more: object = {}) =>
  normalise(
    JSON.stringify({
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Provider_Name: 'Microsoft-Windows-Sysmon',
      Computer: 'ws-1.example.org',
      Image: image,
      CommandLine: commandLine,
      ParentImage: 'C:\\Windows\\explorer.exe',
      User: 'EXAMPLE\\anna',
      ...more,
    }),
    { receivedMs: Date.UTC(2026, 2, 1) },
  )

const events = [
  started('C:\\Windows\\System32\\whoami.exe', 'whoami /all'),
  started('C:\\Windows\\System32\\notwhoami.exe', 'notwhoami /all'),
  started('C:\\Windows\\System32\\cmd.exe', 'cmd /c "echo 100% * ?"'),
  started('C:\\Windows\\System32\\cmd.exe', 'cmd /c dir C:\\Users\\Public', { User: 'EXAMPLE\\bram' }),
  started('C:\\Tools\\a*b.exe', 'odd'),
]

function matches(yaml: string): boolean[] {
  const { rules, diagnostics } = parseRules(yaml, 'rule.yml')
  expect(diagnostics.filter((one) => one.level === 'error')).toEqual([])
  const [rule] = compileRules(rules).compiled
  return events.map(
    (event) => event.logSources.some((source) => fits(rule!.rule.logSource, source)) && matchCompiled(rule!, event),
  )
}

describe('a query as a Sigma rule', () => {
  it.each([
    'process.name:whoami.exe',
    'process.name:*whoami.exe',
    'process.name:(whoami.exe or cmd.exe) and user.name:anna',
    'process.name:cmd.exe and not user.name:bram',
    'process.command_line:*all*',
    'process.command_line:"*100% \\\\* \\\\?*"',
    'process.command_line:*C:\\\\Users\\\\*',
    'process.executable:"C:\\\\Tools\\\\a\\\\*b.exe"',
    'process.command_line:who* or (process.name:cmd.exe and user.name:bram)',
    'process.command_line:/dir|all/ and host.name:ws-1.example.org',
    'process.parent.name:explorer.exe and process.name:w?oami.exe',
    'process.executable:* and event.code:1',
  ])('finds what the query finds: %s', (query) => {
    const { node, diagnostics } = parseQuery(query)
    expect(diagnostics).toEqual([])
    const { yaml, problems } = ruleOfQuery(query, 'From a search')
    expect(problems).toEqual([])
    expect(matches(yaml ?? '')).toEqual(events.map((event) => evaluate(node, event)))
  })

  it.each([
    ['event.dataset:windows.sysmon and process.name:a', 'Sigma has no name for event.dataset'],
    ['process.name:a and user.name > bram', 'texts have no order'],
    ['*', 'it asks for every event'],
    ['"some words"', 'which log source'],
    ['process.name:(', ''],
  ])('refuses what a rule cannot say, with the part that stands in the way: %s', (query, reason) => {
    const { yaml, problems } = ruleOfQuery(query, 'From a search')
    expect(yaml).toBeNull()
    expect(problems.map((one) => one.message).join('\n')).toContain(reason)
    expect(problems.length).toBeGreaterThan(0)
  })
})
