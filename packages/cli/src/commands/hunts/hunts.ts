import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { cancelHuntCommand } from './cancel.ts'
import { exportHuntCommand } from './export.ts'
import { listHuntsCommand } from './list.ts'
import { runHuntCommand } from './run.ts'
import { saveHuntCommand } from './save.ts'
import { scheduleHuntCommand } from './schedule.ts'
import { showHuntCommand } from './show.ts'

export const huntsCommand = (context: CommandContext): Command =>
  new Command('hunts')
    .description('Hunts over the events of the server: run, save, schedule (hunt is for files, without a server)')
    .addCommand(runHuntCommand(context))
    .addCommand(listHuntsCommand(context))
    .addCommand(showHuntCommand(context))
    .addCommand(saveHuntCommand(context))
    .addCommand(scheduleHuntCommand(context))
    .addCommand(cancelHuntCommand(context))
    .addCommand(exportHuntCommand(context))
