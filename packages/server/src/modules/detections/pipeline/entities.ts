import type { Fields, FieldValue } from '@watchfloor/engines/event'
import { storableText } from '../../../platform/sql/storable-text.ts'

/** ECS fields whose values say whom or what an event is about; alerts are grouped, found and linked by them. */
export const entityFields = [
  'host.name',
  'user.name',
  'source.ip',
  'destination.ip',
  'destination.domain',
  'process.name',
  'process.executable',
  'file.path',
  'file.hash.sha256',
  'dns.question.name',
  'url.domain',
  'cloud.account.id',
] as const

const maxCharacters = 300

/** The entities of an event; of a list, the first value. */
export function entitiesOf(ecs: Fields): Record<string, string> {
  const entities: Record<string, string> = {}
  for (const field of entityFields) {
    const text = firstText(ecs[field])
    if (text) entities[field] = storableText(text.slice(0, maxCharacters))
  }
  return entities
}

const firstText = (value: FieldValue | undefined): string | undefined =>
  value === null || value === undefined ? undefined : Array.isArray(value) ? firstText(value[0]) : String(value)
