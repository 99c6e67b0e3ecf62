import { hash, parseOptions, verify } from '@node-rs/argon2'
import { Refusal } from '@watchfloor/contracts/kernel'

/** argon2id. @source OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const maxRunning = 2
const maxWaiting = 64

export interface Passwords {
  /** @error BACK_PRESSURE when too many wait already */
  hash(password: string): Promise<string>
  /** Compares; takes as long for an unknown account (`undefined`). @error BACK_PRESSURE */
  matches(passwordHash: string | undefined, password: string): Promise<boolean>
  /** Made with other costs than today's. */
  isOutdated(passwordHash: string): boolean
}

/** Hashing takes 19 MiB and tens of milliseconds of a core each: a few at a time, the others in line, the rest refused. */
export function createPasswords(): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  const unknownAccount = hash('nobody has this password', cost)

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= maxRunning) {
      if (waiting.length >= maxWaiting)
        throw new Refusal('BACK_PRESSURE', 'too many people sign in at this moment', { retryAfterSeconds: 2 })
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFKC'), cost)),
    matches: (passwordHash, password) =>
      inTurn(async () => {
        const matches = await verify(passwordHash ?? (await unknownAccount), password.normalize('NFKC'))
        return matches && passwordHash !== undefined
      }),
    isOutdated(passwordHash) {
      const made = parseOptions(passwordHash)
      return made.memoryCost !== cost.memoryCost || made.timeCost !== cost.timeCost
    },
  }
}
