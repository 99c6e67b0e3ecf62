import { company } from '../company.ts'
import { seeded } from '../random.ts'
import type { LogRecord } from '../record.ts'

export interface ApiCall {
  readonly name: string
  /** `iam`, `s3`, … */
  readonly service: string
  readonly user: string
  readonly fromIp: string
  readonly agent: string
  readonly readOnly: boolean
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly response?: Readonly<Record<string, unknown>>
  readonly extra?: Readonly<Record<string, unknown>>
  /** A program's role instead of a person's user. */
  readonly role?: boolean
}

const identityOf = (call: ApiCall): Record<string, unknown> => {
  const random = seeded('aws', call.user)
  const principal = random.hex(16).toUpperCase()
  if (!call.role)
    return {
      type: 'IAMUser',
      principalId: `AIDA${principal}`,
      arn: `arn:aws:iam::${company.awsAccount}:user/${call.user}`,
      accountId: company.awsAccount,
      userName: call.user,
    }
  return {
    type: 'AssumedRole',
    principalId: `AROA${principal}:i-0abc12de34f567890`,
    arn: `arn:aws:sts::${company.awsAccount}:assumed-role/${call.user}/i-0abc12de34f567890`,
    accountId: company.awsAccount,
    sessionContext: {
      sessionIssuer: { type: 'Role', accountId: company.awsAccount, userName: call.user },
      attributes: { mfaAuthenticated: 'false' },
    },
  }
}

/** One record of a CloudTrail file. */
export function cloudTrailRecord(timeMs: number, call: ApiCall): LogRecord {
  const random = seeded('cloudtrail', timeMs, call.name, JSON.stringify(call.parameters ?? {}))
  const isSignIn = call.service === 'signin'
  return {
    timeMs,
    source: 'cloud',
    text: JSON.stringify({
      eventVersion: '1.09',
      userIdentity: identityOf(call),
      eventTime: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
      eventSource: `${call.service}.amazonaws.com`,
      eventName: call.name,
      awsRegion: isSignIn || call.service === 'iam' ? 'us-east-1' : company.awsRegion,
      sourceIPAddress: call.fromIp,
      userAgent: call.agent,
      requestParameters: call.parameters ?? null,
      responseElements: call.response ?? null,
      ...(call.extra ? { additionalEventData: call.extra } : {}),
      requestID: random.guid(),
      eventID: random.guid(),
      readOnly: call.readOnly,
      eventType: isSignIn ? 'AwsConsoleSignIn' : 'AwsApiCall',
      managementEvent: call.name !== 'GetObject' && call.name !== 'PutObject',
      recipientAccountId: company.awsAccount,
      eventCategory: call.name === 'GetObject' || call.name === 'PutObject' ? 'Data' : 'Management',
    }),
  }
}
