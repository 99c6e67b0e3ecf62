import { useQueryClient } from '@tanstack/react-query'
import type { Diagnostic } from '@watchfloor/contracts/rules'
import { useRef, useState } from 'react'
import { api, call } from '../../app/api.ts'
import { batchesOf, type ImportFile, isYaml, maxFileChars } from './import-files.ts'

const counts = ['added', 'updated', 'unchanged', 'refused', 'waiting', 'enabled'] as const
export type ImportCount = (typeof counts)[number]
export const importCounts: readonly ImportCount[] = counts

export type ImportTotals = Readonly<Record<ImportCount, number>>
const nothing: ImportTotals = { added: 0, updated: 0, unchanged: 0, refused: 0, waiting: 0, enabled: 0 }

interface BatchResult extends ImportTotals {
  readonly diagnostics: readonly Diagnostic[]
}

export interface ImportRun {
  readonly state: 'running' | 'done' | 'stopped' | 'failed'
  readonly doneFiles: number
  readonly totalFiles: number
  readonly totals: ImportTotals
  readonly diagnostics: readonly Diagnostic[]
  readonly error: unknown
}

/** Sends files batch by batch, adding up what came of them. */
export function useImport() {
  const queries = useQueryClient()
  const [run, setRun] = useState<ImportRun | null>(null)
  const stopped = useRef(false)
  const start = async (pack: string, files: readonly ImportFile[]) => {
    stopped.current = false
    let now: ImportRun = {
      state: 'running',
      doneFiles: 0,
      totalFiles: files.length,
      totals: nothing,
      diagnostics: [],
      error: null,
    }
    setRun(now)
    try {
      for (const batch of batchesOf(files)) {
        if (stopped.current) break
        const result = await call<BatchResult>(api.POST('/api/v1/rules/import', { body: { pack, files: batch } }))
        const totals = Object.fromEntries(counts.map((name) => [name, now.totals[name] + result[name]])) as Record<
          ImportCount,
          number
        >
        now = {
          ...now,
          doneFiles: now.doneFiles + batch.length,
          totals,
          diagnostics: [...now.diagnostics, ...result.diagnostics],
        }
        setRun(now)
      }
      setRun({ ...now, state: stopped.current ? 'stopped' : 'done' })
    } catch (error) {
      setRun({ ...now, state: 'failed', error })
    } finally {
      void queries.invalidateQueries({ queryKey: ['rules'] })
    }
  }
  return {
    run,
    start,
    stop: () => {
      stopped.current = true
    },
    reset: () => setRun(null),
  }
}

export interface ReadFiles {
  readonly files: ImportFile[]
  readonly notYaml: number
  readonly tooLarge: number
}

/** Reads what was chosen; what is no YAML or too large is counted and left out. */
export async function readFiles(chosen: readonly { path: string; file: File }[]): Promise<ReadFiles> {
  const files: ImportFile[] = []
  let notYaml = 0
  let tooLarge = 0
  for (const { path, file } of chosen) {
    if (!isYaml(path)) notYaml++
    else if (file.size > maxFileChars) tooLarge++
    else files.push({ path: path.slice(-500), text: await file.text() })
  }
  return { files, notYaml, tooLarge }
}
