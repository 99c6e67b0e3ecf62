import { jwtVerify, SignJWT } from 'jose'
import type { Crypto } from '../../platform/crypto/crypto.ts'
import { accessTokenSeconds } from './model.ts'

const issuer = 'watchfloor'
const audience = 'watchfloor-api'

/** Short-lived proof of a session of kind `token`. It says which; what that session may do is looked up. */
export interface AccessTokens {
  issue(sessionId: string, accountId: string, nowMs: number): Promise<string>
  /** The session it belongs to; undefined when it is forged, changed or too old. */
  read(token: string, nowMs: number): Promise<string | undefined>
}

/** JWT, HMAC-SHA-256 with a key derived from the master key. @source RFC 7519; RFC 8725 */
export function createAccessTokens(crypto: Crypto): AccessTokens {
  let key: Promise<Uint8Array> | undefined
  const getKey = () => {
    key ??= crypto.derive('jwt', 32).catch((error) => {
      key = undefined
      throw error
    })
    return key
  }
  return {
    async issue(sessionId, accountId, nowMs) {
      const issuedAt = Math.floor(nowMs / 1000)
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setSubject(accountId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenSeconds)
        .sign(await getKey())
    },
    async read(token, nowMs) {
      const secret = await getKey()
      try {
        const { payload } = await jwtVerify(token, secret, {
          algorithms: ['HS256'],
          typ: 'at+jwt',
          issuer,
          audience,
          currentDate: new Date(nowMs),
        })
        return typeof payload.sid === 'string' ? payload.sid : undefined
      } catch {
        return undefined
      }
    },
  }
}
