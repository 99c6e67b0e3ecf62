import { isMap, isSeq, type YAMLMap } from 'yaml'
import type { Json } from '../../event/index.ts'
import { type Diagnostic, DiagnosticSink, quoted } from '../diagnostics.ts'
import { didYouMean } from '../suggest.ts'
import { readDocuments, type YamlDocument } from '../yaml/documents.ts'
import { readConditions, type Test } from './conditions.ts'
import { fieldTransformations } from './field-transformations.ts'
import { Parameters } from './parameters.ts'
import { placeholderTransformations } from './placeholder-transformations.ts'
import { ruleTransformations } from './rule-transformations.ts'
import type { MakeTransformation, Transformation } from './transformation.ts'
import { valueTransformations } from './value-transformations.ts'

const MAX_PIPELINE_CHARS = 1_000_000
const MAX_STEPS = 1_000
const MAX_NESTING = 5

/** A step: what it does, and to which rules, items and fields. */
export interface PipelineStep {
  /** Conditions of later steps may ask whether it was applied. */
  readonly id: string | null
  readonly ofRule: Test
  readonly ofItem: Test
  readonly ofField: Test
  readonly transformation: Transformation
  /** Steps that run in its place (`nest`). */
  readonly steps: readonly PipelineStep[]
}

/** A processing pipeline as pySigma has them: it changes rules before they are compiled. */
export interface Pipeline {
  readonly name: string
  /** Pipelines of lower numbers run first. */
  readonly priority: number
  /** Values of placeholders. */
  readonly vars: ReadonlyMap<string, Json>
  readonly steps: readonly PipelineStep[]
}

const transformations: Readonly<Record<string, MakeTransformation>> = {
  ...fieldTransformations,
  ...valueTransformations,
  ...ruleTransformations,
  ...placeholderTransformations,
}

/** What pySigma has beside these, and why it does nothing here. */
const withoutMeaning: Readonly<Record<string, string>> = {
  query_expression_placeholders:
    'puts a lookup of a query language in a value, and rules are not turned into queries here',
  field_name_transform: 'needs a function of Python',
  set_custom_attribute_from_field: 'needs a function of Python',
}

/** Whether a step type is one that pipelines here know. */
export const transformationNames: readonly string[] = [...Object.keys(transformations), 'nest'].sort()

/**
 * Reads a processing pipeline from YAML. Never throws, and reports all that is wrong at once.
 * @param file name used in diagnostics
 * @returns no pipeline when it has errors
 * @source pySigma, "Processing Pipelines"
 */
export function readPipeline(
  text: string,
  file: string,
): { pipeline: Pipeline | undefined; diagnostics: Diagnostic[] } {
  const sink = new DiagnosticSink(file)
  const start = { line: 1, column: 1 }
  if (text.length > MAX_PIPELINE_CHARS) {
    sink.error('SIGMA_FILE_TOO_LARGE', start, `the file has ${text.length} characters, more than ${MAX_PIPELINE_CHARS}`)
    return { pipeline: undefined, diagnostics: sink.list }
  }
  const [document, second] = readDocuments(text, sink)
  if (document === undefined) {
    if (sink.errors === 0) sink.error('SIGMA_PIPELINE_INVALID', start, 'the file holds no pipeline')
    return { pipeline: undefined, diagnostics: sink.list }
  }
  if (second !== undefined)
    sink.error(
      'SIGMA_PIPELINE_INVALID',
      second.at(second.root),
      'a file holds one pipeline',
      'put the other into a file of its own',
    )
  const pipeline = readRoot(document, sink)
  return { pipeline: sink.errors === 0 ? pipeline : undefined, diagnostics: sink.list }
}

function readRoot(document: YamlDocument, sink: DiagnosticSink): Pipeline | undefined {
  const { root } = document
  if (!isMap(root)) {
    const message = 'a pipeline is a map with "transformations"'
    sink.error('SIGMA_PIPELINE_INVALID', document.at(root), message)
    return undefined
  }
  const parameters = new Parameters(document, root, sink)
  const name = parameters.text('name') ?? sink.file
  const priority = Number(parameters.text('priority') ?? 0)
  if (Number.isNaN(priority)) parameters.invalid('priority', '"priority" must be a number')
  for (const later of ['postprocessing', 'finalizers'])
    if (parameters.has(later))
      sink.warning(
        'SIGMA_PIPELINE_NO_EFFECT',
        parameters.at(later),
        `${quoted(later)} works on queries, and rules are not turned into queries here`,
      )
  parameters.know('allowed_backends')
  const vars = readVars(parameters)
  const steps = readSteps(parameters, 'transformations', { count: 0, depth: 0 })
  parameters.finish('a pipeline')
  return { name, priority, vars, steps }
}

function readVars(parameters: Parameters): Map<string, Json> {
  const node = parameters.node('vars')
  const vars = new Map<string, Json>()
  if (node === undefined) return vars
  if (isMap(node))
    for (const { key, value } of parameters.doc.entries(node)) vars.set(key, parameters.doc.toJson(value))
  else parameters.invalid('vars', '"vars" must be a map of names to values')
  return vars
}

interface Extent {
  count: number
  readonly depth: number
}

function readSteps(parameters: Parameters, name: string, extent: Extent): PipelineStep[] {
  const node = parameters.node(name)
  if (node === undefined) return []
  if (!isSeq(node)) {
    parameters.invalid(name, `"${name}" must be a list`)
    return []
  }
  const steps: PipelineStep[] = []
  for (const item of node.items) {
    const resolved = parameters.doc.resolve(item)
    if (++extent.count > MAX_STEPS) {
      parameters.sink.error('SIGMA_PIPELINE_INVALID', parameters.doc.at(item), `more than ${MAX_STEPS} transformations`)
      break
    }
    if (isMap(resolved)) steps.push(readStep(parameters.doc, resolved, parameters.sink, extent))
    else
      parameters.sink.error(
        'SIGMA_PIPELINE_INVALID',
        parameters.doc.at(item),
        'a transformation must be a map with a "type"',
      )
  }
  return steps
}

function readStep(document: YamlDocument, map: YAMLMap, sink: DiagnosticSink, extent: Extent): PipelineStep {
  const parameters = new Parameters(document, map, sink)
  const id = parameters.text('id') ?? null
  const type = parameters.required('type')
  const ofRule = readConditions(parameters, 'rule')
  const ofItem = readConditions(parameters, 'detection_item')
  const ofField = readConditions(parameters, 'field_name')
  const common = { id, ofRule, ofItem, ofField }
  if (type === 'nest') {
    if (extent.depth >= MAX_NESTING)
      parameters.invalid(undefined, `transformations are nested deeper than ${MAX_NESTING} levels`)
    const inner = extent.depth >= MAX_NESTING ? [] : readNested(parameters, extent)
    parameters.finish('the transformation "nest"')
    return { ...common, transformation: {}, steps: inner }
  }
  const make = Object.hasOwn(transformations, type) ? transformations[type] : undefined
  const without = Object.hasOwn(withoutMeaning, type) ? withoutMeaning[type] : undefined
  if (without !== undefined)
    sink.warning('SIGMA_PIPELINE_NO_EFFECT', parameters.at('type'), `${quoted(type)} ${without}`)
  else if (make === undefined && type !== '') {
    const remedy = didYouMean(type, transformationNames) ?? `known are ${transformationNames.join(', ')}`
    parameters.invalid('type', `there is no transformation ${quoted(type)}`, remedy)
  }
  if (make === undefined) return { ...common, transformation: {}, steps: [] }
  const transformation = make(parameters)
  parameters.finish(`the transformation ${quoted(type)}`)
  return { ...common, transformation, steps: [] }
}

function readNested(parameters: Parameters, extent: Extent): PipelineStep[] {
  const inner = { count: extent.count, depth: extent.depth + 1 }
  const steps = readSteps(parameters, 'items', inner)
  extent.count = inner.count
  if (steps.length === 0) parameters.invalid('items', '"items" must be a list of transformations')
  return steps
}
