import { definitionOf } from '../../definitions/index.ts'
import { EXTENSION_DEFINITION, extensionTypes } from '../extensions.ts'
import { shown } from '../issue.ts'
import type { ValidationOptions } from '../options.ts'
import type { CustomFind, Walk } from '../walk.ts'

const NEW_TYPES: readonly string[] = ['new-sdo', 'new-sco', 'new-sro']

/** What the specification does not define: whether it is used in the way the specification wants it to be. @source STIX 2.1 section 7.3 */
export function checkCustom(walk: Walk, options: ValidationOptions): void {
  const uses = extensionTypes(walk.object)
  checkType(walk, uses, options)
  for (const find of walk.custom) {
    if (find.place === 'extension') checkExtensionKey(find, walk)
    else checkProperty(find, walk, uses, options)
  }
}

function checkType({ object, issues, prefix }: Walk, uses: readonly string[], options: ValidationOptions): void {
  const type = object.type as string
  if (definitionOf(type) !== undefined || type === 'action') return
  const at = `${prefix}type`
  if (!uses.some((one) => NEW_TYPES.includes(one)))
    issues.warning(
      'extensions-use',
      at,
      `${shown(type)} is no type of the specification`,
      'describe it in an extension definition, and name that in extensions',
    )
  if (!/^x-.+-.+$/.test(type))
    issues.warning(
      'custom-prefix',
      at,
      `${shown(type)} should begin with x- and its source`,
      `write x-example-com-${type}`,
    )
  if (!/^x-.+$/.test(type))
    issues.warning('custom-prefix-lax', at, `${shown(type)} should begin with x-`, `write x-${type}`)
  if (options.strictTypes)
    issues.warning('strict-types', at, `${shown(type)} is no type of the specification`, 'use one of its types')
}

function checkProperty(find: CustomFind, walk: Walk, uses: readonly string[], options: ValidationOptions): void {
  const { issues, prefix, definition } = walk
  // Objects of one's own have the properties that one gives them.
  if (definitionOf(definition.name) === undefined) return
  const { name, path, place } = find
  const at = prefix + path
  if (!(place === 'property' && uses.includes('toplevel-property-extension')))
    issues.warning(
      'extensions-use',
      at,
      `${shown(name)} is no property of the specification`,
      'describe it in an extension definition, and name that in extensions',
    )
  if (!/^x_.+_.+$/.test(name))
    issues.warning(
      'custom-prefix',
      at,
      `${shown(name)} should begin with x_ and its source`,
      `write x_example_com_${name}`,
    )
  if (!/^x_.+$/.test(name))
    issues.warning('custom-prefix-lax', at, `${shown(name)} should begin with x_`, `write x_${name}`)
  if (options.strictProperties)
    issues.warning('strict-properties', at, `${shown(name)} is no property of the specification`, 'take it out')
}

function checkExtensionKey({ name, path }: CustomFind, { issues, prefix }: Walk): void {
  if (name.startsWith(EXTENSION_DEFINITION)) return
  const at = prefix + path
  issues.warning(
    'extensions-use',
    at,
    `${shown(name)} has no extension definition`,
    'use the id of an extension definition',
  )
  if (!/^x-.+-.+-ext$/.test(name))
    issues.warning(
      'custom-prefix',
      at,
      `${shown(name)} should begin with x- and its source`,
      `write x-example-com-${name}`,
    )
  if (!/^x-.+-ext$/.test(name))
    issues.warning('custom-prefix-lax', at, `${shown(name)} should begin with x-`, `write x-${name}`)
}
