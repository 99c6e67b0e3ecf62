import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type JsonSchema, type SchemaSet, UnreadableSchema } from '@watchfloor/engines/stix'
import { Failure } from '../output/failure.ts'

const maxSchemaBytes = 4 * 1024 * 1024
const maxSchemas = 10_000

/**
 * The JSON schemas of a folder, by the name of their file. One that cannot be read is among them, so that what needs it is not called valid.
 * @throws Failure when the folder is not there
 */
export async function readStixSchemas(folder: string): Promise<SchemaSet> {
  const files = await readdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Failure(`cannot read the schemas in ${folder}: ${error.message}`)
  })
  const schemas = new Map<string, JsonSchema | UnreadableSchema>()
  for (const file of files.filter((one) => one.endsWith('.json')).sort()) {
    if (schemas.size >= maxSchemas) throw new Failure(`${folder} holds more than ${maxSchemas} schemas`)
    schemas.set(basename(file, '.json'), await readSchema(join(folder, file)))
  }
  return schemas
}

async function readSchema(path: string): Promise<JsonSchema | UnreadableSchema> {
  try {
    const { size } = await stat(path)
    if (size > maxSchemaBytes) return new UnreadableSchema(`it is larger than ${maxSchemaBytes} bytes`)
    const schema: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isSchema(schema) ? schema : new UnreadableSchema('it is neither an object nor true or false')
  } catch (error) {
    return new UnreadableSchema(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value))
