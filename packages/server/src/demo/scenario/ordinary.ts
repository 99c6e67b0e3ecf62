import { live, type Stretch } from './benign/activity.ts'
import { habitsOfServer } from './benign/linux.ts'
import { ordinaryMail } from './benign/mail.ts'
import { habitsOfWindowsServer, workFromHome } from './benign/remote-work.ts'
import { habitsOf } from './benign/workstation.ts'
import { hosts, linuxServers, people, windowsServers } from './company.ts'
import { seeded } from './random.ts'
import { inOrder, type LogRecord } from './record.ts'

export interface OrdinaryTime {
  readonly seed: number
  readonly fromMs: number
  /** Nothing happens from here on; `Infinity` goes on for ever. */
  readonly toMs: number
  readonly sliceMs: number
  /** How busy the place is at an instant: 1 in an ordinary hour. */
  busynessAt(timeMs: number): number
}

/**
 * What begins at the company in a stretch of time; some of it ends later.
 * @param sinceMs when the stretch begins, from the beginning of the whole: a seed brings the same day at any time
 */
function begunIn(stretch: Omit<Stretch, 'random'>, seed: number, sinceMs: number): LogRecord[] {
  const stretchOf = (subject: { readonly name: string }): Stretch => ({
    ...stretch,
    random: seeded(seed, sinceMs, subject.name),
  })
  return [
    ...people.flatMap((who) => live(who, [...habitsOf[who.work], [workFromHome, 0.5]], stretchOf(who))),
    ...windowsServers.flatMap((host) => live(host, habitsOfWindowsServer, stretchOf(host))),
    ...linuxServers.flatMap((host) => live(host, habitsOfServer(host), stretchOf(host))),
    ...live(hosts.mailGateway, [[ordinaryMail, 45]], stretchOf(hosts.mailGateway)),
  ]
}

/**
 * What happens at the company when nothing happens, slice by slice and in order of time. The same time and seed give the same
 * records.
 */
export function* ordinaryTime({ seed, fromMs, toMs, sliceMs, busynessAt }: OrdinaryTime): Generator<LogRecord[]> {
  let later: LogRecord[] = []
  for (let at = fromMs; at < toMs; at += sliceMs) {
    const end = Math.min(toMs, at + sliceMs)
    const known = [...later, ...begunIn({ fromMs: at, toMs: end, busyness: busynessAt(at) }, seed, at - fromMs)]
    later = known.filter((record) => record.timeMs >= end)
    yield inOrder(known.filter((record) => record.timeMs < end))
  }
}

/** People come, have lunch, come back. */
function busynessOfDay(share: number): number {
  if (share < 0.08) return 0.35 + share * 8
  return share > 0.45 && share < 0.55 ? 0.5 : 1.05
}

/** A working day, in slices of some minutes so that it is never held as a whole. */
export const ordinaryDay = ({ seed, fromMs, toMs }: Pick<OrdinaryTime, 'seed' | 'fromMs' | 'toMs'>) =>
  ordinaryTime({
    seed,
    fromMs,
    toMs,
    sliceMs: 3 * 60_000,
    busynessAt: (timeMs) => busynessOfDay((timeMs - fromMs) / (toMs - fromMs)),
  })
