import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventStoreConformance } from '../../conformance/events.ts'
import { type DuckDbEventStoreOptions, openDuckDbEventStore } from './duckdb-event-store.ts'

async function makeStore(options: Partial<DuckDbEventStoreOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'events-'))
  const open = () => openDuckDbEventStore({ folder, ...options })
  let store = await open()
  return {
    folder,
    store,
    async reopen() {
      await store.close()
      store = await open()
      return store
    },
    async destroy() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

eventStoreConformance('duckdb', () => makeStore())
