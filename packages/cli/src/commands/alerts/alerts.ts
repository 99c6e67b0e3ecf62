import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { assignAlertsCommand, closeAlertsCommand, commentAlertCommand } from './change.ts'
import { listAlertsCommand } from './list.ts'
import { showAlertCommand } from './show.ts'

export const alertsCommand = (context: CommandContext): Command =>
  new Command('alerts')
    .description('Alerts: look, close, assign, comment')
    .addCommand(listAlertsCommand(context))
    .addCommand(showAlertCommand(context))
    .addCommand(closeAlertsCommand(context))
    .addCommand(assignAlertsCommand(context))
    .addCommand(commentAlertCommand(context))
