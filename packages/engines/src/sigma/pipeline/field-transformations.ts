import type { Draft } from './draft.ts'
import type { Parameters } from './parameters.ts'
import type { MakeTransformation } from './transformation.ts'

/** The key of a mapping that stands for keywords, which have no field. */
const KEYWORDS = 'null'

const fieldList = (parameters: Parameters): readonly string[] => {
  const fields = parameters.texts('field')
  if (fields === undefined) parameters.invalid(undefined, '"field" is missing')
  return fields ?? []
}

/** Transformations of field names, and of the list of fields that a rule wants shown. */
export const fieldTransformations: Readonly<Record<string, MakeTransformation>> = {
  field_name_mapping(parameters) {
    const mapping = parameters.mapping('mapping')
    return { field: (field) => mapping.get(field ?? KEYWORDS) }
  },
  field_name_prefix_mapping(parameters) {
    const mapping = [...parameters.mapping('mapping')]
    return {
      field(field) {
        const found = field === null ? undefined : mapping.find(([prefix]) => field.startsWith(prefix))
        return found?.[1].map((prefix) => prefix + field!.slice(found[0].length))
      },
    }
  },
  field_name_suffix(parameters) {
    const suffix = parameters.required('suffix')
    return { field: (field) => (field === null ? undefined : [field + suffix]) }
  },
  field_name_prefix(parameters) {
    const prefix = parameters.required('prefix')
    return { field: (field) => (field === null ? undefined : [prefix + field]) }
  },
  drop_detection_item: () => ({ item: () => undefined }),
  add_field(parameters) {
    const added = fieldList(parameters)
    return { rule: (draft) => setFields(draft, [...draft.fields, ...added]) }
  },
  remove_field(parameters) {
    const removed = new Set(fieldList(parameters))
    return {
      rule: (draft) =>
        setFields(
          draft,
          draft.fields.filter((one) => !removed.has(one)),
        ),
    }
  },
  set_field(parameters) {
    const fields = parameters.texts('fields') ?? []
    return { rule: (draft) => setFields(draft, fields) }
  },
}

function setFields(draft: Draft, fields: readonly string[]): void {
  draft.fields = fields
}
