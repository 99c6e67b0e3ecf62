import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const withoutInterface = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Watchfloor</title>
<body><h1>Watchfloor is running</h1>
<p>The web interface has not been built. Build it and start the server again:</p>
<pre>npm run build</pre>
<p>The interface for programs is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></body></html>
`

/** Whether a path nobody serves is a page of the interface, which finds its own way, and not a missing file or route. */
export function isPagePath(method: string, path: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  if (/^\/(?:api|health|metrics|services)(?:\/|$)/.test(path)) return false
  // Ids of events hold dots; what a file is called ends in letters.
  return !/\.[a-z][a-z0-9]*$/i.test(path)
}

const statusOf = (error: unknown): unknown =>
  error instanceof Error && 'statusCode' in error ? error.statusCode : undefined

/**
 * Serves the built interface: files under /assets carry a hash in their names and are kept for ever, everything else is
 * asked for anew.
 * @param webRoot the folder with index.html; absent or without one, a page says how to build it
 * @returns serves the interface's first page
 */
export function registerWebFiles(
  app: FastifyInstance,
  webRoot: string | undefined,
): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  if (webRoot === undefined || !existsSync(join(webRoot, 'index.html')))
    return (_request, reply) => reply.code(200).type('text/html; charset=utf-8').send(withoutInterface)
  const files = { root: webRoot, index: false, redirect: false, dotfiles: 'ignore', cacheControl: false } as const
  app.register(fastifyStatic, { ...files, serve: false })
  app.register(async (scope) => {
    // A folder is no file: its path may still be a page.
    scope.setErrorHandler((error, _request, reply) => {
      if (statusOf(error) !== 403) throw error
      reply.callNotFound()
    })
    scope.register(fastifyStatic, {
      ...files,
      prefix: '/',
      decorateReply: false,
      setHeaders: (reply, path) => {
        const hashed = path.startsWith(join(webRoot, 'assets'))
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  })
  return (_request, reply) => reply.code(200).sendFile('index.html')
}
