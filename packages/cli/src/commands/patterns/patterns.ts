import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { addPatternCommand } from './add.ts'
import { importPatternsCommand } from './import.ts'
import { listPatternsCommand } from './list.ts'
import { removePatternsCommand } from './remove.ts'

export const patternsCommand = (context: CommandContext): Command =>
  new Command('patterns')
    .description('STIX patterns that every event is held against: list, add, import bundles, remove')
    .addCommand(listPatternsCommand(context))
    .addCommand(addPatternCommand(context))
    .addCommand(importPatternsCommand(context))
    .addCommand(removePatternsCommand(context))
