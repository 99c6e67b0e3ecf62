import { createMemoryCache } from '../adapters/embedded/cache/memory-cache.ts'
import type { Cache } from '../platform/cache/cache.ts'
import type { Clock } from '../platform/clock/clock.ts'
import { quietLog } from './quiet-log.ts'

/** The embedded cache; given to two sets of modules it joins them as one joins processes. */
export const openTestCache = (clock: Clock): Cache => createMemoryCache({ clock, log: quietLog })
