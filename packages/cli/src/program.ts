import { Command } from 'commander'
import { alertsCommand } from './commands/alerts/alerts.ts'
import { artifactsCommand } from './commands/artifacts/artifacts.ts'
import { auditCommand } from './commands/audit/audit.ts'
import { completionCommand } from './commands/completion/completion.ts'
import { type CommandContext, examples } from './commands/context.ts'
import { eventsCommand } from './commands/events/events.ts'
import { huntCommand } from './commands/hunt/hunt.ts'
import { huntsCommand } from './commands/hunts/hunts.ts'
import { indicatorsCommand } from './commands/indicators/indicators.ts'
import { ingestCommand } from './commands/ingest/ingest.ts'
import { jobsCommand } from './commands/jobs/jobs.ts'
import { keysCommand } from './commands/keys/keys.ts'
import { patternsCommand } from './commands/patterns/patterns.ts'
import { migrateCommand } from './commands/program/migrate.ts'
import { serveCommand } from './commands/program/serve.ts'
import { statusCommand } from './commands/program/status.ts'
import { rulesCommand } from './commands/rules/rules.ts'
import { scanCommand } from './commands/scan/scan.ts'
import { loginCommand } from './commands/session/login.ts'
import { logoutCommand } from './commands/session/logout.ts'
import { whoamiCommand } from './commands/session/whoami.ts'
import { sourcesCommand } from './commands/sources/sources.ts'
import { stixCommand } from './commands/stix/stix.ts'
import { backupCommand } from './commands/system/backup.ts'
import { restoreCommand } from './commands/system/restore.ts'
import { usersCommand } from './commands/users/users.ts'
import { warningListsCommand } from './commands/warninglists/warninglists.ts'
import { yaraCommand } from './commands/yara/yara.ts'

/** The command `watchfloor` with everything under it. Words about wrong calls go to stderr and end it by a `CommanderError`. */
export function createProgram(context: CommandContext): Command {
  const { out, err } = context.terminal
  const program = new Command('watchfloor')
    .description('Watchfloor at the command line. Talks to the server of this machine, or to the one you logged in at.')
    .addHelpText(
      'after',
      `${examples(
        ['status', 'how the server is'],
        ['rules import sigma/rules', 'add rules'],
        ['ingest exports/', 'send the events in files'],
        ['alerts list --status new', 'what waits'],
        ['login https://watchfloor.example.org', 'talk to another server'],
      )}

Results go to stdout, words to stderr. Ends with 0 when it went well, 1 when it did not, 2 when it was called wrongly.`,
    )
  const commands = [
    ingestCommand,
    huntCommand,
    huntsCommand,
    scanCommand,
    stixCommand,
    rulesCommand,
    indicatorsCommand,
    patternsCommand,
    warningListsCommand,
    alertsCommand,
    eventsCommand,
    artifactsCommand,
    yaraCommand,
    sourcesCommand,
    auditCommand,
    usersCommand,
    keysCommand,
    jobsCommand,
    statusCommand,
    loginCommand,
    logoutCommand,
    whoamiCommand,
    serveCommand,
    migrateCommand,
    backupCommand,
    restoreCommand,
    completionCommand,
  ]
  for (const make of commands) program.addCommand(make(context))
  for (const command of everyCommand(program))
    command
      .exitOverride()
      .helpCommand(false)
      .showSuggestionAfterError()
      .configureOutput({
        writeOut: (text) => out.write(text),
        writeErr: (text) => err.write(text),
        getOutHasColors: () => false,
        getErrHasColors: () => false,
      })
  return program
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)]
