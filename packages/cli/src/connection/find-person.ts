import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { Failure } from '../output/failure.ts'

/** The id of a person named by e-mail address, by id, or as `me`. @throws Failure when nobody is meant, or several */
export async function findPerson(client: WatchfloorClient, who: string): Promise<string> {
  if (who === 'me') {
    const { user } = unwrap(await client.GET('/api/v1/me'))
    if (!user) throw new Failure('this login is no person’s', { remedy: 'Name somebody, or log in: watchfloor login' })
    return user.id
  }
  if (!who.includes('@')) return who
  const { items } = unwrap(await client.GET('/api/v1/people', { params: { query: { text: who, limit: 100 } } }))
  const found = items.find(({ email }) => email.toLowerCase() === who.toLowerCase())
  if (found) return found.id
  throw new Failure(`nobody active has the address ${who}`)
}

/** The id of an account named by e-mail address or id, active or not. @throws Failure */
export async function findUser(client: WatchfloorClient, who: string): Promise<string> {
  if (!who.includes('@')) return who
  const { items } = unwrap(await client.GET('/api/v1/users', { params: { query: { text: who, limit: 500 } } }))
  const found = items.find(({ email }) => email.toLowerCase() === who.toLowerCase())
  if (found) return found.id
  throw new Failure(`no account has the address ${who}`)
}
