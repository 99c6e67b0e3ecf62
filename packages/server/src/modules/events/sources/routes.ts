import { source, sourceCreate, sourceList, sourceUpdate } from '@watchfloor/contracts/events'
import { Refusal, sourceId } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { jsonRoute, type Route } from '../../../platform/http/route.ts'
import type { Sources } from './service.ts'
import type { SourceSettings } from './store.ts'

type Given = z.output<typeof sourceUpdate>

/** Only what was sent; absent keys stay as they are. */
function settingsOf(given: Given): Partial<SourceSettings> {
  const named = {
    name: given.name,
    enabled: given.enabled,
    product: given.product,
    service: given.service,
    retention_days: given.retentionDays,
    retention_bytes: given.retentionBytes,
    silence_minutes: given.silenceMinutes,
    path: given.path,
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as Partial<SourceSettings>
}

/** @param checkPath refuses a file that may not be followed */
export function sourceRoutes(sources: Sources, checkPath: (path: string) => void): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/sources',
      operationId: 'listSources',
      summary: 'Where events come from: rate, lag, failures, retention',
      permission: 'sources:read',
      output: sourceList,
      handle: async () => ({ items: await sources.list() }),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/sources',
      operationId: 'createSource',
      summary: 'Make a source before its first event, or a file to follow',
      permission: 'sources:write',
      body: sourceCreate,
      output: source,
      status: 201,
      errors: ['CONFLICT'],
      async handle({ body: { kind, name, ...rest } }, { actor }) {
        if ((kind === 'file') !== Boolean(rest.path))
          throw new Refusal('VALIDATION_FAILED', 'a source of kind `file` has a path, and no other has', {
            issues: [{ at: 'body.path', message: kind === 'file' ? 'missing' : 'only for kind `file`' }],
          })
        if (rest.path) checkPath(rest.path)
        return sources.create(actor, kind, { ...settingsOf(rest), name })
      },
    }),
    jsonRoute({
      method: 'PATCH',
      path: '/api/v1/sources/{sourceId}',
      operationId: 'updateSource',
      summary: 'Rename, switch, or set retention and the silence alarm',
      permission: 'sources:write',
      params: z.object({ sourceId }),
      body: sourceUpdate,
      output: source,
      errors: ['NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE'],
      async handle({ params, body }, { actor }) {
        if (body.path && sources.known(params.sourceId)?.kind !== 'file')
          throw new Refusal('VALIDATION_FAILED', 'only a source of kind `file` has a path')
        if (body.path) checkPath(body.path)
        return sources.update(actor, params.sourceId, settingsOf(body))
      },
    }),
    jsonRoute({
      method: 'DELETE',
      path: '/api/v1/sources/{sourceId}',
      operationId: 'deleteSource',
      summary: 'Take a source that is switched off from the list; its events stay until their retention',
      permission: 'sources:write',
      params: z.object({ sourceId }),
      errors: ['NOT_FOUND', 'CONFLICT'],
      handle: ({ params }, { actor }) => sources.delete(actor, params.sourceId),
    }),
  ]
}
