import { type Pipeline, readPipeline } from '../read-pipeline.ts'
import { otherPipelines } from './other-sources.ts'
import { windowsPipelines } from './windows.ts'

const texts: Readonly<Record<string, string>> = { ...windowsPipelines, ...otherPipelines }

/**
 * Pipelines that come with the product. Events carry the names of the Sigma taxonomy and those of their own source, so rules in
 * either need none; these are for rules written in the names of a shipper (ECS, Winlogbeat, NXLog, …) or of a raw export, and
 * `sysmon` and `linux-sysmon` for rules that are to look at Sysmon's events alone.
 */
export const builtinPipelineNames: readonly string[] = Object.keys(texts).sort()

/** The YAML of one, to be read or copied; nothing when there is none of the name. */
export const builtinPipelineText = (name: string): string | undefined =>
  Object.hasOwn(texts, name) ? texts[name] : undefined

const read = new Map<string, Pipeline>()

/** One by its name; nothing when there is none. */
export function builtinPipeline(name: string): Pipeline | undefined {
  const text = builtinPipelineText(name)
  if (text === undefined) return undefined
  const known = read.get(name) ?? readPipeline(text, `${name}.yml`).pipeline
  if (known !== undefined) read.set(name, known)
  return known
}
