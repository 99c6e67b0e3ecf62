import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { checkPatternCommand } from './check.ts'
import { matchPatternCommand } from './match.ts'
import { validateStixCommand } from './validate.ts'

export const stixCommand = (context: CommandContext): Command =>
  new Command('stix')
    .description('STIX without a server: check objects and bundles; check patterns and try them on files')
    .addCommand(matchPatternCommand(context))
    .addCommand(checkPatternCommand(context))
    .addCommand(validateStixCommand(context))
