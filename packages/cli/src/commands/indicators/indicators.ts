import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { deleteIndicatorsCommand } from './delete.ts'
import { importIndicatorsCommand } from './import.ts'
import { listIndicatorsCommand } from './list.ts'
import { lookUpCommand } from './lookup.ts'

export const indicatorsCommand = (context: CommandContext): Command =>
  new Command('indicators')
    .description('Indicators: import lists, look, look up, delete')
    .addCommand(importIndicatorsCommand(context))
    .addCommand(listIndicatorsCommand(context))
    .addCommand(lookUpCommand(context))
    .addCommand(deleteIndicatorsCommand(context))
