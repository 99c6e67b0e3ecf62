import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { checkCommand } from './check.ts'
import { coverageCommand } from './coverage.ts'
import { exceptionsCommand } from './exceptions.ts'
import { importCommand } from './import.ts'
import { listRulesCommand } from './list.ts'
import { packsCommand } from './packs.ts'
import { samplesCommand } from './samples.ts'
import { showRuleCommand } from './show.ts'
import { defaultRulesCommand, disableRulesCommand, enableRulesCommand } from './switch.ts'
import { testRuleCommand } from './test.ts'

export const rulesCommand = (context: CommandContext): Command =>
  new Command('rules')
    .description('Sigma rules: import, look, switch, check, try; packs, exceptions, samples, coverage')
    .addCommand(importCommand(context))
    .addCommand(listRulesCommand(context))
    .addCommand(showRuleCommand(context))
    .addCommand(enableRulesCommand(context))
    .addCommand(disableRulesCommand(context))
    .addCommand(defaultRulesCommand(context))
    .addCommand(testRuleCommand(context))
    .addCommand(checkCommand(context))
    .addCommand(packsCommand(context))
    .addCommand(exceptionsCommand(context))
    .addCommand(samplesCommand(context))
    .addCommand(coverageCommand(context))
