import { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { listArtifactsCommand } from './list.ts'
import { deleteCommand, downloadCommand, getCommand, scanArtifactCommand } from './one.ts'
import { uploadCommand } from './upload.ts'

export const artifactsCommand = (context: CommandContext): Command =>
  new Command('artifacts')
    .description('Files in quarantine: upload, look, scan, take out, delete')
    .addCommand(uploadCommand(context))
    .addCommand(listArtifactsCommand(context))
    .addCommand(getCommand(context))
    .addCommand(scanArtifactCommand(context))
    .addCommand(downloadCommand(context))
    .addCommand(deleteCommand(context))
