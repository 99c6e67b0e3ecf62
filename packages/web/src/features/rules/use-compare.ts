import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PackUpdate } from '@watchfloor/contracts/rules'
import { useState } from 'react'
import { api, call } from '../../app/api.ts'
import { batchesOf, type ImportFile } from './import-files.ts'

/** Sends files as the next state of a pack, to be looked at before anything changes. */
export function useCompare() {
  const queries = useQueryClient()
  const [doneFiles, setDoneFiles] = useState(0)
  const compare = useMutation({
    mutationFn: async ({ pack, files }: { pack: string; files: readonly ImportFile[] }) => {
      setDoneFiles(0)
      const { id } = await call<PackUpdate>(
        api.POST('/api/v1/rule-packs/{pack}/updates', { params: { path: { pack } }, body: {} }),
      )
      const at = { params: { path: { updateId: id } } }
      let done = 0
      for (const batch of batchesOf(files)) {
        await call(api.POST('/api/v1/rule-pack-updates/{updateId}/files', { ...at, body: { files: batch } }))
        done += batch.length
        setDoneFiles(done)
      }
      return call<PackUpdate>(api.POST('/api/v1/rule-pack-updates/{updateId}/finish', at))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['rules', 'packs'] }),
  })
  return { compare, doneFiles }
}
