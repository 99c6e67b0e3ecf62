import { Mapping } from '../mapping.ts'
import type { ObjectParser } from '../parser.ts'
import { isObject } from '../record.ts'
import { asHostName, asIp, asText } from '../transforms.ts'

const MAX_TEXT_CHARS = 65_536
/** Rules look into these as one text, too. */
const AS_TEXT = [
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'userIdentity',
  'serviceEventDetails',
] as const

const CATEGORY_BY_SERVICE: Readonly<Record<string, string>> = {
  'iam.amazonaws.com': 'iam',
  'signin.amazonaws.com': 'authentication',
  'sts.amazonaws.com': 'authentication',
  's3.amazonaws.com': 'file',
  'ec2.amazonaws.com': 'host',
}

/** AWS CloudTrail, one record of `Records`. */
export const cloudtrail: ObjectParser = {
  kind: 'object',
  id: 'aws-cloudtrail',
  mapping: new Mapping({
    prefix: 'aws.cloudtrail.',
    rows: [
      ['eventName', 'event.action'],
      ['eventSource', 'event.provider'],
      ['eventID', 'event.id'],
      ['awsRegion', 'cloud.region'],
      ['recipientAccountId', 'cloud.account.id', asText],
      ['sourceIPAddress', 'source.ip', asIp],
      ['sourceIPAddress', 'source.address'],
      ['sourceIPAddress', 'source.domain', asHostName],
      ['userAgent', 'user_agent.original'],
      ['userIdentity.userName', 'user.name'],
      ['userIdentity.principalId', 'user.id'],
      ['errorCode', 'error.code'],
      ['errorMessage', 'error.message'],
      ['tlsDetails.tlsVersion', 'tls.version_protocol'],
      ['tlsDetails.cipherSuite', 'tls.cipher'],
    ],
    weakRows: [
      ['userIdentity.sessionContext.sessionIssuer.userName', 'user.name'],
      ['userIdentity.arn', 'user.name', (v) => (typeof v === 'string' && v.endsWith(':root') ? 'root' : undefined)],
      ['userIdentity.accountId', 'cloud.account.id', asText],
    ],
    constants: {
      'event.kind': 'event',
      'event.module': 'aws',
      'event.dataset': 'aws.cloudtrail',
      'cloud.provider': 'aws',
    },
    computed: {
      'event.outcome': ['errorCode', 'errorMessage', 'responseElements.ConsoleLogin'],
      'event.category': ['eventSource'],
      'event.type': ['readOnly'],
    },
  }),
  accepts: (record) =>
    typeof record.eventName === 'string' &&
    typeof record.eventSource === 'string' &&
    (record.awsRegion !== undefined || record.userIdentity !== undefined || record.eventVersion !== undefined),
  read(record, event) {
    event.putAll(record)
    for (const name of AS_TEXT) {
      const value = record[name]
      if (isObject(value)) event.name(name, JSON.stringify(value).slice(0, MAX_TEXT_CHARS))
    }
    event.time(record.eventTime) || event.time(record['@timestamp'])
    const failed =
      record.errorCode !== undefined ||
      record.errorMessage !== undefined ||
      event.taxonomy['responseElements.ConsoleLogin'] === 'Failure'
    event.derive('event.outcome', failed ? 'failure' : 'success')
    const category = CATEGORY_BY_SERVICE[String(record.eventSource)]
    event.derive('event.category', category === undefined ? undefined : [category])
    event.derive('event.type', [record.readOnly === true || record.readOnly === 'true' ? 'access' : 'change'])
    event.logSources([{ product: 'aws', service: 'cloudtrail' }])
  },
}
