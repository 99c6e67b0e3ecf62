import type { EventBuilder } from '../builder.ts'
import { urlPath, urlQuery } from '../transforms.ts'

/** Longest ending of a file that is called its extension. */
const EXTENSION = /[^/]\.([A-Za-z0-9]{1,16})$/

/** What rules of the category proxy name beside `c-uri`, where the record does not say it itself: path, query, extension. */
export function putUrlParts(event: EventBuilder): void {
  const uri = event.taxonomy['c-uri']
  if (typeof uri !== 'string') return
  const path = urlPath(uri)
  const query = urlQuery(uri)
  const parts = {
    'cs-uri-stem': path,
    'c-uri-stem': path,
    'c-uri-query': query,
    'cs-uri-query': query,
    'c-uri-extension': typeof path === 'string' ? EXTENSION.exec(path)?.[1] : undefined,
  }
  for (const [name, value] of Object.entries(parts)) if (event.taxonomy[name] === undefined) event.name(name, value)
}
