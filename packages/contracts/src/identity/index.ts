import { z } from 'zod'
import { apiKeyId, idOf, instant, pageOf, pageQuery, role, userId } from '../kernel/index.ts'

export const permissionName = z
  .string()
  .max(80)
  .regex(/^[a-z][a-z-]*:[a-z][a-z-]*$/, 'a permission looks like `alerts:read`')

const email = z.string().trim().max(254).pipe(z.email()).describe('compared without regard to case')
const displayName = z.string().trim().min(1).max(120)
/** As typed at login: only bounded. */
const typedPassword = z.string().min(1).max(1024)
/** The policy itself answers VALIDATION_FAILED with every reason; see `passwordMinLength`. */
const newPassword = z.string().min(1).max(256)
/** Six digits of an authenticator, or a recovery code. */
const secondFactorCode = z.string().trim().min(6).max(40)

export const passwordMinLength = 12

// --- people -------------------------------------------------------------------------------------------------

export const user = z
  .object({
    id: userId,
    email: z.string(),
    displayName: z.string(),
    state: z.enum(['active', 'disabled']),
    roles: z.array(role),
    secondFactor: z.boolean(),
    /** Has to choose a password of their own before anything else. */
    mustChangePassword: z.boolean(),
    lockedUntil: instant.nullable(),
    lastLoginAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
    /** Send it back as `expectedVersion`. */
    version: z.number().int(),
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof user>

export const userParams = z.object({ userId })
export const userListQuery = pageQuery.extend({
  text: z.string().max(200).optional().describe('in the e-mail address or name'),
  role: role.optional(),
  state: z.enum(['active', 'disabled']).optional(),
})
export const userPage = pageOf(user)

export const userCreate = z.object({
  email,
  displayName,
  roles: z.array(role).min(1).max(8),
  /** Absent: one is made and shown once. Either way the person has to choose their own at the first login. */
  password: newPassword.optional(),
})
export const userCreated = z.object({ user, temporaryPassword: z.string().nullable() })

export const userChange = z.object({
  email: email.optional(),
  displayName: displayName.optional(),
  state: z.enum(['active', 'disabled']).optional(),
  roles: z.array(role).min(1).max(8).optional(),
  expectedVersion: z.number().int().optional(),
})
export type UserChange = z.infer<typeof userChange>

/** Absent: one is made and shown once. */
export const passwordReset = z.object({ password: newPassword.optional() })
export const passwordResetResult = z.object({ temporaryPassword: z.string().nullable() })

/** Whom work can be assigned to: active people, by name. */
export const personListQuery = z.object({
  text: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})
export const person = z.object({ id: userId, name: z.string(), email: z.string() }).meta({ id: 'Person' })
export const personList = z.object({ items: z.array(person) })

// --- roles --------------------------------------------------------------------------------------------------

export const roleView = z
  .object({
    role,
    title: z.string(),
    description: z.string(),
    permissions: z.array(z.string()),
    users: z.number().int(),
  })
  .meta({ id: 'Role' })
export const permissionView = z
  .object({ name: z.string(), title: z.string(), roles: z.array(role) })
  .meta({ id: 'Permission' })
export const roleList = z.object({ roles: z.array(roleView), permissions: z.array(permissionView) })

// --- set-up and registration ---------------------------------------------------------------------------------

/** For anybody: what the login page has to know. */
export const setupStatus = z
  .object({
    /** True until the first administrator exists. */
    needed: z.boolean(),
    selfRegistration: z.boolean(),
    organisationName: z.string(),
    passwordMinLength: z.number().int(),
  })
  .meta({ id: 'SetupStatus' })

export const setup = z.object({
  /** From the link that the first start prints. */
  token: z.string().min(1).max(200),
  email,
  displayName,
  password: newPassword,
  organisationName: z.string().trim().min(1).max(120).optional(),
})

/** Answered alike whether or not the address is known. */
export const registration = z.object({ email, displayName, password: newPassword })

// --- one's own account ---------------------------------------------------------------------------------------

export const preferences = z
  .object({
    theme: z.enum(['system', 'dark', 'light']).default('system'),
    density: z.enum(['comfortable', 'compact']).default('compact'),
    /** IANA name; `browser` follows the machine, `UTC` is common on a security floor. */
    timeZone: z.string().min(1).max(60).default('browser'),
    /** BCP 47, e.g. `en`, `de`. */
    language: z.string().min(2).max(20).default('en'),
  })
  .meta({ id: 'Preferences' })
export type Preferences = z.infer<typeof preferences>

export const me = z
  .object({
    kind: z.enum(['user', 'api-key']),
    id: z.string(),
    name: z.string(),
    /** Null for an API key. */
    user: user.nullable(),
    roles: z.array(role),
    /** Empty while something in `mustDo` is open. */
    permissions: z.array(z.string()),
    preferences,
    /** What has to happen before anything else is allowed. */
    mustDo: z.array(z.enum(['change-password', 'enrol-second-factor'])),
    /** Sensitive acts ask for the password again after this; null without a session. */
    recentLoginUntil: instant.nullable(),
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof me>

export const profileChange = z.object({ displayName })

/**
 * Proof for sensitive acts: not needed within 15 minutes of a login.
 * @error FORBIDDEN with `details.reason = "recent-login"` when it is needed and absent
 */
const proof = { password: typedPassword.optional() }

export const passwordChange = z.object({ currentPassword: typedPassword, newPassword })

// --- sessions and tokens -------------------------------------------------------------------------------------

/** @error SECOND_FACTOR_REQUIRED when the account has one and `code` is absent: ask, and send everything again */
export const login = z.object({
  email: z.string().trim().min(1).max(254),
  password: typedPassword,
  code: secondFactorCode.optional(),
})

/** The password again, for sensitive acts. Gives the session a new cookie. */
export const confirmLogin = z.object({ password: typedPassword })

export const sessionId = idOf('session')
export const sessionParams = z.object({ sessionId })
export const sessionView = z
  .object({
    id: sessionId,
    /** `browser`: a cookie. `token`: an API client with access and refresh tokens. */
    kind: z.enum(['browser', 'token']),
    current: z.boolean(),
    ip: z.string(),
    userAgent: z.string(),
    createdAt: instant,
    lastSeenAt: instant,
    expiresAt: instant,
  })
  .meta({ id: 'Session' })
export const sessionList = z.object({ items: z.array(sessionView) })
export const revokedCount = z.object({ revoked: z.number().int() })

export const tokenPair = z
  .object({
    tokenType: z.literal('Bearer'),
    accessToken: z.string(),
    expiresInSeconds: z.number().int(),
    /** Good for one use; the answer to it holds the next. */
    refreshToken: z.string(),
    refreshExpiresAt: instant,
  })
  .meta({ id: 'TokenPair' })
export const refresh = z.object({ refreshToken: z.string().min(1).max(200) })

// --- second factor -------------------------------------------------------------------------------------------

export const totpStart = z.object(proof)
export const totpEnrolment = z.object({
  /** Base32, for typing it in. */
  secret: z.string(),
  /** `otpauth://totp/…` */
  uri: z.string(),
  /** `data:image/svg+xml;…`, for an `<img>`. */
  qrCode: z.string(),
})
export const totpConfirm = z.object({
  code: z
    .string()
    .trim()
    .regex(/^\d{6}$/, 'six digits'),
})
/** Each works once. Shown once. */
export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })
export const totpDisable = z.object(proof)

// --- API keys ------------------------------------------------------------------------------------------------

export const apiKey = z
  .object({
    id: apiKeyId,
    name: z.string(),
    owner: z.object({ id: userId, name: z.string() }),
    /** What it may do, as long as its owner may. */
    permissions: z.array(z.string()),
    /** `wf_abcd…`: what it begins with, to tell keys apart. */
    prefix: z.string(),
    createdAt: instant,
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    lastUsedIp: z.string().nullable(),
    revokedAt: instant.nullable(),
    state: z.enum(['active', 'expired', 'revoked']),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof apiKey>

export const apiKeyParams = z.object({ apiKeyId })
export const apiKeyListQuery = pageQuery.extend({
  /** `all` needs `api-keys:read`. */
  owner: z.enum(['mine', 'all']).default('mine'),
  state: z.enum(['active', 'expired', 'revoked']).optional(),
})
export const apiKeyPage = pageOf(apiKey)
export const apiKeyCreate = z.object({
  name: z.string().trim().min(1).max(120),
  /** A subset of one's own. */
  permissions: z.array(permissionName).min(1).max(200),
  /** 1 to 3650; the setting `identity.apiKeyMaxDays` may allow less. */
  expiresInDays: z.number().int().min(1).max(3650),
  ...proof,
})
/** `secret` (`wf_…`) is shown here and never again. */
export const apiKeyCreated = z.object({ apiKey, secret: z.string() })
