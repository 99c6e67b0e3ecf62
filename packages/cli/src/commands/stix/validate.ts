import { type StixIssue, UnknownCheck, type ValidationOptions } from '@watchfloor/engines/stix'
import { Command, Option } from 'commander'
import { findFiles } from '../../input/find-files.ts'
import { readStixSchemas } from '../../input/stix-schemas.ts'
import { exitCodes, Failure, usageFailure } from '../../output/failure.ts'
import { tableText } from '../../output/table.ts'
import type { Terminal } from '../../output/terminal.ts'
import { counted, printable } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'
import { type JudgedFile, judgeStixFile } from './judge-file.ts'

interface ValidateOptions {
  readonly strict?: boolean
  readonly strictTypes?: boolean
  readonly strictProperties?: boolean
  readonly enforceRefs?: boolean
  readonly interop?: boolean
  readonly enable?: readonly string[]
  readonly disable?: readonly string[]
  readonly stixVersion?: '2.0' | '2.1'
  readonly schemas?: string
  readonly format: 'table' | 'json'
}

const listed = (text: string, before: readonly string[] = []): string[] => [...before, ...text.split(',')]

export const validateStixCommand = (context: CommandContext): Command =>
  new Command('validate')
    .description('Check objects and bundles against the specification')
    .argument('<file...>', 'files and folders of JSON, also packed as .gz; - reads what is piped in')
    .option('--strict', 'what the specification advises against is wrong too')
    .option('--strict-types', 'warn of types that the specification does not define')
    .option('--strict-properties', 'warn of properties that the specification does not define')
    .option('--enforce-refs', 'what relationships join must be in the same file')
    .option('--interop', 'the stricter rules of the interoperability tests')
    .option('-e, --enable <checks>', 'make these checks alone, by name or number: uuid-check,202', listed)
    .option('-d, --disable <checks>', 'leave these checks out, by name or number', listed)
    .addOption(
      new Option('--stix-version <version>', 'judge by this version, whatever the objects say').choices(['2.0', '2.1']),
    )
    .option('--schemas <folder>', 'JSON schemas that objects must fulfil too, named by type or extension')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `${examples(
        ['stix validate bundle.json', 'errors and warnings, with what to do'],
        ['stix validate --strict --disable extref-hashes feeds/', 'warnings fail too, but for one check'],
        ['stix validate --format json big.json.gz', 'each issue as a line of JSON'],
      )}

An error is what the specification forbids (MUST), a warning what it advises against (SHOULD); warnings have the names of OASIS's
stix2-validator. Files may be larger than the memory: one object is held at a time.

Ends with 0 when all is valid, 1 when something is not, 2 when it was called wrongly.`,
    )
    .action((paths: string[], options: ValidateOptions) => validateFiles(context, paths, options))

async function validateFiles(
  { terminal }: CommandContext,
  paths: readonly string[],
  options: ValidateOptions,
): Promise<void> {
  const validation = await validationOptions(options)
  const printer = options.format === 'json' ? new JsonPrinter(terminal) : new TablePrinter(terminal)
  const total = { files: 0, objects: 0, errors: 0, warnings: 0, invalid: 0 }
  try {
    for await (const { name, source } of sourcesOf(paths, terminal)) {
      const judged = await judgeStixFile(name, source, validation, (issue) => printer.issue(name, issue))
      printer.fileEnded(judged)
      total.files++
      total.objects += judged.objects
      total.errors += judged.errors
      total.warnings += judged.warnings
      if (!judged.valid) total.invalid++
    }
  } catch (error) {
    if (error instanceof UnknownCheck) throw usageFailure(error.message)
    throw error
  }
  if (total.files === 0) throw new Failure('there is no file to check', { exitCode: exitCodes.usage })
  const found = `${counted(total.errors, 'error')} and ${counted(total.warnings, 'warning')}`
  const where = `${counted(total.objects, 'object')} of ${counted(total.files, 'file')}`
  terminal.err.write(
    `${found} in ${where}${total.invalid === 0 ? '; all valid' : `; ${counted(total.invalid, 'file')} not valid`}\n`,
  )
  if (total.invalid > 0) process.exitCode = exitCodes.failed
}

async function* sourcesOf(
  paths: readonly string[],
  { err }: Terminal,
): AsyncGenerator<{ name: string; source: string | undefined }> {
  for (const path of paths) {
    if (path === '-') {
      yield { name: 'stdin', source: undefined }
      continue
    }
    for await (const found of findFiles([path])) {
      if (found.kind === 'skipped') err.write(`${printable(found.name)} is left out: ${found.reason}\n`)
      else if (found.file.isNamed || /\.(?:json|jsonl|ndjson|stix2?)(?:\.gz)?$/i.test(found.file.name))
        yield { name: found.file.name, source: found.file.path }
    }
  }
}

async function validationOptions(options: ValidateOptions): Promise<ValidationOptions> {
  const {
    strict = false,
    strictTypes = false,
    strictProperties = false,
    enforceRefs = false,
    interop = false,
  } = options
  return {
    ...{ strict, strictTypes, strictProperties, enforceRefs, interop },
    enabled: options.enable ?? [],
    disabled: options.disable ?? [],
    ...(options.stixVersion === undefined ? {} : { version: options.stixVersion }),
    ...(options.schemas === undefined ? {} : { schemas: await readStixSchemas(options.schemas) }),
  }
}

class JsonPrinter {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  issue(file: string, issue: StixIssue): void {
    this.#terminal.out.write(`${JSON.stringify({ file, ...issue })}\n`)
  }

  fileEnded(): void {}
}

/** Rows of one file that are shown: a table is held until its columns are known. */
const maxRows = 1000

class TablePrinter {
  readonly #terminal: Terminal
  #rows: (readonly string[])[] = []
  #more = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  issue(file: string, { level, code, id, path, message, remedy }: StixIssue): void {
    if (this.#rows.length >= maxRows) this.#more++
    else this.#rows.push([level, code, file, id, path, `${message}; ${remedy}`].map(printable))
  }

  fileEnded({ name }: JudgedFile): void {
    const { out, err } = this.#terminal
    if (this.#rows.length > 0) {
      const columns = ['level', 'code', 'file', 'object', 'where', 'what'].map((title) => ({ title }))
      out.write(tableText(columns, this.#rows, { width: out.width, titleStyle: (text) => out.paint('bold', text) }))
    }
    if (this.#more > 0)
      err.write(`${printable(name)}: ${counted(this.#more, 'issue')} more; --format json prints all\n`)
    this.#rows = []
    this.#more = 0
  }
}
