import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { checkPatternCommand } from './check.ts'
import { matchPatternCommand } from './match.ts'

export const stixCommand = (context: CommandContext): Command =>
  new Command('stix')
    .description('STIX patterns: try them on files, check them; without a server')
    .addCommand(matchPatternCommand(context))
    .addCommand(checkPatternCommand(context))
