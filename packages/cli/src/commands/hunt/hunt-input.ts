import { isAbsolute, relative } from 'node:path'
import { partsOf } from '../../input/file-parts.ts'
import { type FoundFile, planFiles } from '../../input/find-files.ts'
import type { ReadOptions } from '../../input/piece.ts'
import { usageFailure } from '../../output/failure.ts'
import type { HuntFile } from './hunter.ts'

/**
 * Work is counted in bytes of EVTX: a second of it is some 12 MB. Bytes of what is packed are worth more, those of lines less.
 * A thread takes more than a second to make all public rules ready; below this, one more brings nothing.
 */
const workPerThread = 16e6
const littleWork = 2 * workPerThread
const workPerPackedByte = 6
const workPerLineByte = 0.4
/** More threads than this would wait for the disk and hold the rules once more each. */
const maxThreads = 16
/** Of a file that several threads share. */
const partBytes = 16 * 1024 * 1024

const stdinName = 'stdin'

/** What a hunt looks through. */
export interface HuntInput {
  readonly count: number
  /** Undefined when nobody knows, as with stdin. */
  readonly totalBytes: number | undefined
  /** For `threadsFor`. */
  readonly work: number
  /** Whether some of it can be read by this thread alone. */
  readonly isStreamed: boolean
  /** In order; large ones in parts, when there are threads to share them. */
  files(read: ReadOptions, threads: number): Iterable<HuntFile>
}

/**
 * The files under the named paths; `-` is stdin.
 * @param signal ends stdin
 * @throws Failure when a path is not there
 */
export async function findInput(paths: readonly string[], signal: AbortSignal): Promise<HuntInput> {
  const named = paths.filter((path) => path !== '-')
  const isStreamed = named.length < paths.length
  if (paths.length - named.length > 1) throw usageFailure('stdin can be read only once', 'name "-" once')
  const { files, totalBytes } = await planFiles(named)
  return {
    count: files.length + (isStreamed ? 1 : 0),
    totalBytes: isStreamed ? undefined : totalBytes,
    work: workOf(files),
    isStreamed,
    *files(read, threads) {
      for (const file of files)
        for (const part of threads > 1 ? partsOf(file, read, partBytes) : [file])
          yield { file: part, shownPath: shownPath(file.path) }
      if (isStreamed) yield { file: stdinFile(signal), shownPath: stdinName }
    },
  }
}

/** How much there is to do, in bytes of EVTX. */
const workOf = (files: readonly FoundFile[]): number =>
  files.reduce((sum, { name, sizeBytes }) => {
    if (/\.(?:gz|gzip|zip)$/i.test(name)) return sum + sizeBytes * workPerPackedByte
    return sum + (/\.evtx$/i.test(name) ? sizeBytes : sizeBytes * workPerLineByte)
  }, 0)

/** 0: so little that no thread is worth it. @param cores as many as there are */
export const threadsFor = (work: number, cores: number): number =>
  work <= littleWork ? 0 : Math.max(1, Math.min(maxThreads, cores, Math.ceil(work / workPerThread)))

const stdinFile = (signal: AbortSignal): FoundFile => ({
  path: '-',
  name: stdinName,
  rootName: stdinName,
  isNamed: true,
  sizeBytes: 0,
  modifiedMs: 0,
  stream: stdinUntil(signal),
})

async function* stdinUntil(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stdin } = process
  const end = (): void => void stdin.destroy()
  signal.addEventListener('abort', end)
  try {
    yield* stdin as AsyncIterable<Buffer>
  } catch (error) {
    // Being told to stop is no fault of what was read.
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** As it can be opened from here. */
function shownPath(path: string): string {
  const within = relative(process.cwd(), path)
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within
}
