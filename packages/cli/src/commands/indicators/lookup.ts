import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { exitCodes } from '../../output/failure.ts'
import { tableText } from '../../output/table.ts'
import { printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const lookUpCommand = (context: CommandContext) =>
  serverCommand('lookup', 'What is known of values: who lists them, which warning lists cover them')
    .argument('<value...>', 'addresses, networks, domains, URLs, hashes, …; defanged ones too')
    .option('--json', 'print one JSON object a value')
    .addHelpText(
      'after',
      `${examples(['indicators lookup hxxp://login[.]example/a', 'the URL, its domain, its address'])}

Ends with 1 when none of them is listed.`,
    )
    .action(async (values: string[], options: ConnectionOptions & { readonly json?: boolean }) => {
      const { client } = await context.connect(options)
      const { out } = context.terminal
      let listed = 0
      for (const value of values) {
        const found = unwrap(await client.GET('/api/v1/indicators/lookup', { params: { query: { value } } }))
        listed += found.indicators.length
        if (options.json) {
          out.write(`${JSON.stringify(found)}\n`)
          continue
        }
        out.write(`${out.paint('bold', printable(found.value))}  ${found.type}\n`)
        if (found.indicators.length === 0) out.write('  nobody lists it\n')
        else
          out.write(
            tableText(
              [
                { title: '  type' },
                { title: 'value' },
                { title: 'source' },
                { title: 'confidence', align: 'right' },
                { title: 'tlp' },
                { title: '' },
              ],
              found.indicators.map((one) => [
                `  ${one.type}`,
                one.value,
                one.source,
                String(one.confidence),
                one.tlp,
                one.enabled ? (one.validUntil ? `until ${one.validUntil}` : '') : 'off',
              ]),
            ),
          )
        for (const list of found.warningLists)
          out.write(`  on warning list "${printable(list.name)}" (${list.effect}s): ${printable(list.entry)}\n`)
      }
      if (listed === 0) process.exitCode = exitCodes.failed
    })
