import { open } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Appender, consumedOffset, consumedOffsets } from './append.ts'
import { Database, type DatabaseOptions } from './database.ts'
import { type Answer, type Call, carry, type EventStoreCalls } from './messages.ts'
import { Retention } from './retention.ts'
import { Searches } from './search.ts'
import { Segments } from './segments/segments.ts'
import { Turns } from './turns.ts'

/** The thread that owns DuckDB: takes calls, answers them in any order. */
async function openCalls(options: DatabaseOptions): Promise<EventStoreCalls> {
  const database = await Database.open(options)
  const segments = new Segments(database)
  const appender = await Appender.open(database, segments, options.segmentRows)
  const searches = new Searches(database)
  const retention = new Retention(database)
  // Sealing, forgetting and copying change which files there are: never two at once.
  const maintenance = new Turns()
  return {
    async append(batch, consumed) {
      const answer = await appender.append(batch, consumed)
      // Nobody waits for it; what fails is tried again with the next files.
      if (segments.isJoiningDue()) maintenance.run(() => segments.joinSmall()).catch(() => undefined)
      return answer
    },
    consumed: (topic, partition) => database.read((session) => consumedOffset(session, topic, partition)),
    checkpoint: () => checkpoint(database, options.folder),
    search: (query) => searches.search(query),
    positions: (query, after, limit) => searches.positions(query, after, limit),
    eventsAt: (query, page) => searches.eventsAt(query, page),
    get: (id, scope) => searches.get(id, scope),
    count: (query) => searches.count(query),
    histogram: (query) => searches.histogram(query),
    topValues: (query) => searches.topValues(query),
    fields: (query) => searches.fields(query),
    usage: () => retention.usage(),
    retain: (policy) => maintenance.run(() => retention.retain(policy)),
    seal: (beforeMs) => maintenance.run(() => retention.seal(beforeMs)),
    snapshot: (folder) => maintenance.run(() => retention.snapshot(folder)),
    ping: (timeoutMs) => searches.ping(timeoutMs),
    async close() {
      await maintenance.idle()
      await database.close()
    },
  }
}

/**
 * Every commit syncs DuckDB's write-ahead log; the folder's entry for a log file begun since is what remains to be synced. (The
 * database file itself must not be opened here: closing it would drop the lock DuckDB holds on it.)
 */
async function checkpoint(database: Database, folder: string) {
  const offsets = await database.write((session) => consumedOffsets(session))
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
  return offsets
}

const port = parentPort
if (!port) throw new Error('this file is for a worker thread')
const calls = openCalls(workerData)
// Whoever calls first learns why it could not be opened.
calls.catch(() => undefined)

async function answer({ id, name, args }: Call): Promise<Answer> {
  try {
    const call: (...args: never[]) => Promise<unknown> = (await calls)[name]
    return { id, ok: true, value: await call(...(args as never[])) }
  } catch (error) {
    return { id, ok: false, error: carry(error) }
  }
}

port.on('message', (call: Call) => {
  void answer(call).then((result) => port.postMessage(result))
})
