import type { JsonObject } from '../../event/index.ts'
import type { EventBuilder } from '../builder.ts'
import { Mapping } from '../mapping.ts'
import type { ObjectParser } from '../parser.ts'
import { isObject } from '../record.ts'
import { asIp, asList, asText } from '../transforms.ts'

/** Which of Azure's and Entra's logs a record is from. */
function serviceOf(record: JsonObject): string | undefined {
  const category = String(record.category ?? record.Category ?? '')
  const type = String(record.Type ?? '')
  const has = (...names: string[]): boolean => names.every((name) => record[name] !== undefined)
  if (
    /sign-?in/i.test(category) ||
    type === 'SigninLogs' ||
    has('userPrincipalName', 'appDisplayName', 'createdDateTime') ||
    has('UserPrincipalName', 'AppDisplayName')
  )
    return 'signinlogs'
  if (has('riskEventType') || category === 'UserRiskEvents')
    return /pim|privileged/i.test(String(record.source ?? '')) ? 'pim' : 'riskdetection'
  if (
    category === 'AuditLogs' ||
    type === 'AuditLogs' ||
    has('activityDisplayName', 'initiatedBy') ||
    has('ActivityDisplayName', 'InitiatedBy')
  )
    return 'auditlogs'
  if (
    type === 'AzureActivity' ||
    has('OperationNameValue', 'CategoryValue') ||
    (has('operationName') && (has('resourceId') || has('correlationId', 'caller')))
  )
    return 'activitylogs'
  return undefined
}

/** One spelling of Azure's tables → the other: rules use both. */
const SPELLINGS: Readonly<Record<string, string | readonly string[]>> = {
  operationName: ['OperationName', 'OperationNameValue'],
  OperationName: 'operationName',
  OperationNameValue: 'operationName',
  category: ['Category', 'CategoryValue'],
  Category: 'category',
  resultType: 'ResultType',
  ResultType: 'resultType',
  resultDescription: 'ResultDescription',
  ResultDescription: 'resultDescription',
  activityDisplayName: 'ActivityDisplayName',
  ActivityDisplayName: 'properties.message',
  resourceId: 'ResourceId',
  callerIpAddress: 'CallerIPAddress',
  loggedByService: 'LoggedByService',
  'properties.authenticationRequirement': ['AuthenticationRequirement'],
  authenticationRequirement: 'AuthenticationRequirement',
  'properties.userAgent': 'userAgent',
  'properties.conditionalAccessStatus': 'conditionalAccessStatus',
  'properties.deviceDetail.deviceId': 'DeviceDetail.deviceId',
  'properties.deviceDetail.trustType': 'DeviceDetail.trusttype',
  'properties.deviceDetail.isCompliant': 'DeviceDetail.isCompliant',
  'properties.resourceDisplayName': 'ResourceDisplayName',
  'properties.riskState': 'RiskState',
  'properties.homeTenantId': 'HomeTenantId',
  'properties.riskEventType': 'riskEventType',
}

/** Azure activity log, Entra sign-in, audit and risk records: from a diagnostic setting, Graph or Log Analytics. */
export const azure: ObjectParser = {
  kind: 'object',
  id: 'azure',
  mapping: new Mapping({
    prefix: 'azure.',
    rows: [],
    weakRows: [
      ['operationName', 'event.action', asText],
      ['OperationNameValue', 'event.action', asText],
      ['activityDisplayName', 'event.action', asText],
      ['callerIpAddress', 'source.ip', asIp],
      ['CallerIpAddress', 'source.ip', asIp],
      ['properties.ipAddress', 'source.ip', asIp],
      ['ipAddress', 'source.ip', asIp],
      ['IPAddress', 'source.ip', asIp],
      ['initiatedBy.user.ipAddress', 'source.ip', asIp],
      ['properties.userPrincipalName', 'user.name'],
      ['userPrincipalName', 'user.name'],
      ['UserPrincipalName', 'user.name'],
      ['Caller', 'user.name'],
      ['caller', 'user.name'],
      ['identity', 'user.full_name', asText],
      ['properties.initiatedBy.user.userPrincipalName', 'user.name'],
      ['initiatedBy.user.userPrincipalName', 'user.name'],
      ['properties.userAgent', 'user_agent.original'],
      ['userAgent', 'user_agent.original'],
      ['properties.targetResources.userPrincipalName', 'user.target.name', asList],
      ['location', 'cloud.region', asText],
      ['tenantId', 'organization.id', asText],
      ['correlationId', 'trace.id', asText],
      ['resultDescription', 'message', asText],
      ['level', 'log.level', asText],
    ],
    aliases: SPELLINGS,
    constants: { 'event.kind': 'event', 'event.module': 'azure', 'cloud.provider': 'azure' },
    computed: { 'event.dataset': ['category', 'Type'], 'event.outcome': ['resultType', 'status.errorCode', 'result'] },
  }),
  accepts: (record) => serviceOf(record) !== undefined,
  read(record, event) {
    const service = serviceOf(record) ?? 'activitylogs'
    event.putAll(record)
    // Rules name the members of `properties` with and without it.
    const properties = record.properties
    if (isObject(properties)) for (const key of Object.keys(properties)) copyScalar(event, key, properties)
    for (const name of [
      'time',
      'createdDateTime',
      'activityDateTime',
      'TimeGenerated',
      'eventTimestamp',
      'CreatedDateTime',
    ])
      if (event.time(record[name])) break
    event.derive('event.dataset', `azure.${service}`)
    event.derive('event.outcome', outcomeOf(event))
    event.logSources([{ product: 'azure', service }])
  },
}

function copyScalar(event: EventBuilder, key: string, properties: JsonObject): void {
  const value = properties[key]
  if (event.taxonomy[key] === undefined && typeof value !== 'object') event.name(key, value)
}

function outcomeOf(event: EventBuilder): 'success' | 'failure' | undefined {
  const result =
    event.taxonomy.resultType ??
    event.taxonomy['status.errorCode'] ??
    event.taxonomy['properties.status.errorCode'] ??
    event.taxonomy.result
  if (result === undefined || result === null || result === '') return undefined
  return /^(?:0|success|succeeded|start|accept)/i.test(String(result)) ? 'success' : 'failure'
}
