import { z } from 'zod'

/** A string that carries the name of what it identifies, so that an alert's id cannot stand where a rule's is wanted. */
export type Id<Name extends string> = string & { readonly __id: Name }

export type UserId = Id<'user'>
export type ApiKeyId = Id<'api-key'>
export type SourceId = Id<'source'>
export type EventId = Id<'event'>
export type RuleId = Id<'rule'>
export type DetectionId = Id<'detection'>
export type AlertId = Id<'alert'>

/** The schema of one kind of id: a non-empty printable string of at most 200 characters. */
export const idOf = <Name extends string>(_name: Name) =>
  z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\w.:@-]+$/)
    .transform((value) => value as Id<Name>)

export const userId = idOf('user')
export const apiKeyId = idOf('api-key')
export const sourceId = idOf('source')
export const eventId = idOf('event')
export const ruleId = idOf('rule')
export const detectionId = idOf('detection')
export const alertId = idOf('alert')

/** A reference to any object, as the audit log, live stream and search name it. */
export const objectRef = z.object({
  type: z.string().max(60),
  id: z.string().max(200),
  title: z.string().max(500).optional(),
})
export type ObjectRef = z.infer<typeof objectRef>
