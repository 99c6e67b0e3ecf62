import { Failure } from '../output/failure.ts'
import type { Target } from './resolve.ts'

/** Some acts belong to an account, and the login of this machine has none. @throws Failure */
export function requireAccount({ origin, url }: Target, what: string): void {
  if (origin === 'local server')
    throw new Failure(`${what}, and the login of this machine is nobody's`, { remedy: `Run: watchfloor login ${url}` })
}
