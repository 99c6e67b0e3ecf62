import { Refusal } from '@watchfloor/contracts/kernel'
import type { CallContext } from '../../../platform/http/route.ts'
import { type Known, sessionCookie } from '../callers.ts'
import type { NewCookie, Person } from '../own-account.ts'
import type { Origin } from '../parts.ts'
import type { IdentityServices } from '../service.ts'

export const originOf = ({ ip, userAgent, requestId }: CallContext): Origin => ({ ip, userAgent, requestId })

const credentialsOf = ({ headers, cookies, ip }: CallContext) => ({ headers, cookies, ip })

/** The person who calls. @error FORBIDDEN for an API key */
export const personOf = ({ own }: IdentityServices, context: CallContext): Promise<Person> =>
  own.person(credentialsOf(context))

/** Whoever calls. */
export async function knownOf({ callers }: IdentityServices, context: CallContext): Promise<Known> {
  const known = await callers.identify(credentialsOf(context))
  if (known) return known
  throw new Refusal('UNAUTHENTICATED', 'this needs a signed-in caller')
}

export function setSession(context: CallContext, cookie: NewCookie): void {
  if (!cookie) return
  const { value, maxAgeSeconds } = cookie
  context.answer.setCookie(sessionCookie, value, { httpOnly: true, sameSite: 'lax', path: '/', maxAgeSeconds })
}
