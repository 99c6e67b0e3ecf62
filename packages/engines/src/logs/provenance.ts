import type { Fields } from '../event/index.ts'
import { parserById } from './parsers.ts'
import { syslogMapping } from './sources/syslog/syslog.ts'

/** Which original fields an ECS field was derived from, by the same table that derived it; `=value` for a constant.
 *  @param taxonomy the event's own fields: narrows the answer to what this event has, where it has any of them */
export function derivation(parser: string, ecsField: string, taxonomy?: Fields): string[] {
  const known = parserById.get(parser)
  if (known === undefined) return []
  const found = new Set<string>()
  for (const mapping of [known.mapping, ...(known.mappings?.() ?? [])])
    for (const source of mapping.sourcesOf(ecsField)) found.add(source)
  // A syslog header can be around records of any parser.
  if (found.size === 0) for (const source of syslogMapping.sourcesOf(ecsField)) found.add(source)
  const all = [...found]
  const present = taxonomy === undefined ? [] : all.filter((name) => taxonomy[name] !== undefined)
  return present.length > 0 ? present : all
}
