import { liveRoute, type Route } from '../http/route.ts'
import type { Live } from './live.ts'

/** The live stream of the interface; each message reaches only those who hold its permission. */
export const liveRoutes = (live: Live): Route[] => [
  liveRoute({
    method: 'GET',
    path: '/api/v1/live',
    operationId: 'followLive',
    summary: 'What changes, as it changes: server-sent events, resumable by Last-Event-ID',
    permission: 'self',
    tag: 'live',
    handle: ({ lastEventId }, { actor, signal }) => live.follow(actor, lastEventId, signal),
  }),
]
