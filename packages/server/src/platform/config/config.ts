import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { closestName } from './closest-name.ts'
import { type ConfigField, configFields, fieldName, readText, type Slices, serverSlice } from './config-fields.ts'
import { type ConfigIssue, readConfigFile, refuseUnknownKeys, valueAt } from './config-file.ts'
import { type ServerConfig, serverConfig } from './server-config.ts'

export type { ConfigIssue } from './config-file.ts'
export type { ServerConfig } from './server-config.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The process's own environment, for programs that run the server with settings of theirs on top. */
export const processEnvironment = (): Environment => ({ ...process.env })

/** The settings of a process. */
export interface Config<S extends Slices> {
  readonly server: ServerConfig
  readonly modules: { readonly [Name in keyof S]: z.output<S[Name]> }
  /** The effective settings, secrets masked. */
  describe(): readonly DescribedSetting[]
}

export interface DescribedSetting {
  /** `events.retentionDays` */
  readonly name: string
  readonly variable: string
  readonly value: string
  /** `default`, a variable's name, or the file. */
  readonly from: string
}

export type ConfigResult<S extends Slices> =
  | { readonly ok: true; readonly config: Config<S> }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] }

export interface ConfigSources<S extends Slices> {
  /** One zod object per module. */
  readonly slices: S
  /** The process's own environment when absent. */
  readonly env?: Environment
  /** The configuration file; else the one WATCHFLOOR_CONFIG names, else watchfloor.yaml in the data folder. */
  readonly file?: string
}

/** Variables that are ours and no server settings: of the command line, the bootstrap and the tests. */
const otherVariables = new Set([
  'WATCHFLOOR_CONFIG',
  'WATCHFLOOR_CACHE_DIR',
  'WATCHFLOOR_URL',
  'WATCHFLOOR_API_KEY',
  'WATCHFLOOR_WEB_PORT',
])
const otherPrefixes = ['WATCHFLOOR_TEST_', 'WATCHFLOOR_BENCH_', 'WATCHFLOOR_BOOTSTRAP_']

/** A setting that somebody made, and where. */
interface Found {
  readonly value: unknown
  readonly from: string
}

/** An empty variable counts as none: compose files pass on what is not set. */
const given = (env: Environment, name: string): string | undefined => (env[name] === '' ? undefined : env[name])

function fromEnvironment(field: ConfigField, env: Environment, issues: ConfigIssue[]): Found | undefined {
  const { variable, schema, secret } = field
  const text = given(env, variable)
  const fileVariable = `${variable}_FILE`
  const file = secret ? given(env, fileVariable) : undefined
  if (text !== undefined && file !== undefined) {
    issues.push({ where: fileVariable, message: `set together with ${variable}; keep one of them` })
    return undefined
  }
  if (text !== undefined) return { value: readText(schema, text), from: variable }
  if (file === undefined) return undefined
  try {
    return { value: readText(schema, readFileSync(file, 'utf8').trim()), from: fileVariable }
  } catch (error) {
    issues.push({ where: fileVariable, message: `the file cannot be read: ${(error as Error).message}` })
    return undefined
  }
}

function refuseUnknownVariables(fields: readonly ConfigField[], env: Environment, issues: ConfigIssue[]): void {
  const known = new Set([...otherVariables])
  for (const { variable, secret } of fields) {
    known.add(variable)
    if (secret) known.add(`${variable}_FILE`)
  }
  for (const name of Object.keys(env).sort()) {
    if (!name.startsWith('WATCHFLOOR_') || known.has(name)) continue
    if (otherPrefixes.some((prefix) => name.startsWith(prefix))) continue
    const near = closestName(name, known)
    issues.push({ where: name, message: near ? `not known; did you mean ${near}?` : 'not known' })
  }
}

function place(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let current = tree
  for (const key of path.slice(0, -1)) {
    const inner = (current[key] ?? {}) as Record<string, unknown>
    current[key] = inner
    current = inner
  }
  const last = path.at(-1)
  if (last !== undefined) current[last] = value
}

type FoundByName = ReadonlyMap<string, Found>

function parseSlice(
  slice: string,
  schema: z.ZodType,
  fields: readonly ConfigField[],
  found: FoundByName,
  issues: ConfigIssue[],
): unknown {
  const own = fields.filter((field) => field.slice === slice)
  const input: Record<string, unknown> = {}
  for (const field of own) {
    const setting = found.get(fieldName(field))
    if (setting) place(input, field.path, setting.value)
  }
  const result = schema.safeParse(input)
  if (result.success) return result.data
  for (const { path, message } of result.error.issues) {
    const field = own.find((one) => one.path.every((key, at) => key === path[at]))
    const where = field ? (found.get(fieldName(field))?.from ?? field.variable) : [slice, ...path].join('.')
    const shownName =
      field && where !== field.variable && !where.endsWith('_FILE') ? `${where}: ${fieldName(field)}` : where
    issues.push({ where: shownName, message })
  }
  return undefined
}

const mask = '********'

function shownValue({ secret }: ConfigField, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (secret) return mask
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/**
 * The settings of a process from its environment and its configuration file; a variable wins over the file.
 * Unknown keys and variables are refused. All that is wrong is told at once.
 * @throws Error when the slices themselves are wrong (two settings of one variable)
 */
export function loadConfig<S extends Slices>(sources: ConfigSources<S>): ConfigResult<S> {
  const { env = process.env } = sources
  const slices: Slices = { [serverSlice]: serverConfig, ...sources.slices }
  const fields = configFields(slices)
  const issues: ConfigIssue[] = []

  const named = sources.file ?? given(env, 'WATCHFLOOR_CONFIG')
  const file = named ?? join(given(env, 'WATCHFLOOR_DATA_DIR') ?? './data', 'watchfloor.yaml')
  const tree = readConfigFile(file, { required: named !== undefined }, issues)
  refuseUnknownKeys(tree, slices, file, issues)
  refuseUnknownVariables(fields, env, issues)

  const found = new Map<string, Found>()
  for (const field of fields) {
    const inFile = valueAt(tree, [field.slice, ...field.path])
    const setting =
      fromEnvironment(field, env, issues) ?? (inFile === undefined ? undefined : { value: inFile, from: file })
    if (setting) found.set(fieldName(field), setting)
  }
  const parsed = Object.fromEntries(
    Object.entries(slices).map(([slice, schema]) => [slice, parseSlice(slice, schema, fields, found, issues)]),
  )
  if (issues.length > 0) return { ok: false, issues }
  const { [serverSlice]: server, ...modules } = parsed
  const config: Config<S> = {
    server: server as ServerConfig,
    modules: modules as Config<S>['modules'],
    describe: () =>
      fields.map((field) => ({
        name: fieldName(field),
        variable: field.variable,
        value: shownValue(field, valueAt(parsed, [field.slice, ...field.path])),
        from: found.get(fieldName(field))?.from ?? 'default',
      })),
  }
  return { ok: true, config }
}

/** What is wrong with a configuration, for people. */
export const printConfigIssues = (issues: readonly ConfigIssue[]): string =>
  ['the configuration is not valid:', ...issues.map(({ where, message }) => `  ${where}: ${message}`)].join('\n')
