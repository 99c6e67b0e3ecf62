import type { HuntName } from '../prepare.ts'
import type { RunRow } from './store.ts'

/** Runs of one saved hunt share a name, so that an event is detected once however often the hunt finds it. */
export const huntNameOf = (run: Pick<RunRow, 'id' | 'hunt_id' | 'name'>): HuntName => ({
  id: `hunt:${run.hunt_id ?? run.id}`,
  title: run.name,
})
