import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'

/** A file on its way to the server. */
export interface Upload {
  readonly id: number
  readonly name: string
  readonly sizeBytes: number
  readonly sentBytes: number
  readonly state: 'waiting' | 'sending' | 'done' | 'known' | 'failed'
  readonly artifactId?: string
  readonly message?: string
}

const atOnce = 2

/** Sends files, two at a time, and tells how far each is. `fetch` cannot tell how much of a body was sent. */
export function useUploads() {
  const queries = useQueryClient()
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const queue = useRef<{ id: number; file: File }[]>([])
  const state = useRef({ running: 0, nextId: 1 })
  const change = useCallback(
    (id: number, patch: Partial<Upload>) =>
      setUploads((now) => now.map((one) => (one.id === id ? { ...one, ...patch } : one))),
    [],
  )
  const work = useCallback(async () => {
    if (state.current.running >= atOnce) return
    state.current.running++
    for (let next = queue.current.shift(); next !== undefined; next = queue.current.shift()) {
      const { id, file } = next
      change(id, { state: 'sending' })
      change(id, await send(file, (sentBytes) => change(id, { sentBytes })))
      await queries.invalidateQueries({ queryKey: ['artifacts', 'list'] })
    }
    state.current.running--
  }, [change, queries])
  const add = useCallback(
    (files: readonly File[]) => {
      const added = files.map((file) => ({ id: state.current.nextId++, file }))
      queue.current.push(...added)
      setUploads((now) => [
        ...now,
        ...added.map(({ id, file }) => ({
          id,
          name: file.name,
          sizeBytes: file.size,
          sentBytes: 0,
          state: 'waiting' as const,
        })),
      ])
      for (let n = 0; n < atOnce; n++) void work()
    },
    [work],
  )
  return {
    uploads,
    add,
    clear: () => setUploads((now) => now.filter(({ state: is }) => is === 'waiting' || is === 'sending')),
  }
}

interface Answer {
  readonly isNew?: boolean
  readonly artifact?: { readonly id: string }
  readonly message?: string
}

function send(file: File, onProgress: (sentBytes: number) => void): Promise<Partial<Upload>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/artifacts?${new URLSearchParams({ name: file.name.slice(0, 300) })}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('x-watchfloor-csrf', '1')
    request.responseType = 'json'
    request.upload.onprogress = (event) => onProgress(event.loaded)
    request.onload = () => {
      const answer = (request.response ?? {}) as Answer
      if (request.status < 300 && answer.artifact)
        resolve({ state: answer.isNew ? 'done' : 'known', sentBytes: file.size, artifactId: answer.artifact.id })
      else resolve({ state: 'failed', message: answer.message ?? String(request.status) })
    }
    request.onerror = () => resolve({ state: 'failed', message: 'The server could not be reached.' })
    request.send(file)
  })
}
