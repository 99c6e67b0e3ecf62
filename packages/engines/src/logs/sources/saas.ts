import type { JsonObject } from '../../event/index.ts'
import { Mapping, type MappingRow, type MappingTable } from '../mapping.ts'
import type { ObjectParser } from '../parser.ts'
import { inner, isObject } from '../record.ts'
import { asIp, asList, asNumber, asText } from '../transforms.ts'

interface Saas {
  readonly id: string
  readonly product: string
  readonly module: string
  readonly rows: readonly MappingRow[]
  readonly aliases?: MappingTable['aliases']
  readonly accepts: (record: JsonObject) => boolean
  readonly service: (record: JsonObject) => string
  readonly category?: string
  readonly times: readonly string[]
  /** Members that rules read as one text. */
  readonly asText?: readonly string[]
  readonly outcome: readonly string[]
}

/** Audit logs of services: a table each, one way to read them. */
function saasParser(saas: Saas): ObjectParser {
  return {
    kind: 'object',
    id: saas.id,
    mapping: new Mapping({
      prefix: `${saas.module}.`,
      rows: [],
      weakRows: saas.rows,
      ...(saas.aliases === undefined ? {} : { aliases: saas.aliases }),
      constants: { 'event.kind': 'event', 'event.module': saas.module },
      computed: { 'event.dataset': [], 'event.outcome': saas.outcome },
    }),
    accepts: saas.accepts,
    read(record, event) {
      event.putAll(record)
      for (const name of saas.asText ?? [])
        if (typeof record[name] === 'object' && record[name] !== null)
          event.name(name, JSON.stringify(record[name]).slice(0, 65_536))
      for (const name of saas.times)
        if (event.time(name.includes('.') ? inner(record, ...splitOnce(name)) : record[name])) break
      const service = saas.service(record)
      event.derive('event.dataset', `${saas.module}.${service}`)
      for (const field of saas.outcome) {
        const value = event.taxonomy[field]
        if (value === undefined || value === null) continue
        event.derive(
          'event.outcome',
          /^(?:success|succeeded|allow|true|0$|2\d\d$|ok)/i.test(String(value)) ? 'success' : 'failure',
        )
        break
      }
      event.logSources([
        { product: saas.product, service, ...(saas.category === undefined ? {} : { category: saas.category }) },
      ])
    },
  }
}
const splitOnce = (name: string): [string, string] => {
  const at = name.indexOf('.')
  return [name.slice(0, at), name.slice(at + 1)]
}
const has = (record: JsonObject, ...names: string[]): boolean => names.every((name) => record[name] !== undefined)

const okta = saasParser({
  id: 'okta',
  product: 'okta',
  module: 'okta',
  accepts: (r) => has(r, 'eventType', 'actor') && (has(r, 'published') || has(r, 'outcome', 'uuid')),
  service: () => 'okta',
  times: ['published'],
  outcome: ['outcome.result'],
  rows: [
    ['eventType', 'event.action'],
    ['uuid', 'event.id'],
    ['displayMessage', 'message'],
    ['actor.alternateId', 'user.name'],
    ['actor.id', 'user.id'],
    ['actor.displayName', 'user.full_name'],
    ['client.ipAddress', 'source.ip', asIp],
    ['client.userAgent.rawUserAgent', 'user_agent.original'],
    ['target.alternateId', 'user.target.name', asList],
  ],
})

const GCP_AUDIT = /cloudaudit\.googleapis\.com/
const gcp = saasParser({
  id: 'gcp-audit',
  product: 'gcp',
  module: 'gcp',
  accepts: (r) =>
    isObject(r.protoPayload) ||
    (isObject(r.data) && isObject(r.data.protoPayload)) ||
    (typeof r.logName === 'string' && GCP_AUDIT.test(r.logName)),
  service: (r) => {
    const payload = isObject(r.protoPayload) ? r.protoPayload : {}
    const name = String(payload.serviceName ?? '')
    return name === 'login.googleapis.com'
      ? 'google_workspace.login'
      : name === 'admin.googleapis.com'
        ? 'google_workspace.admin'
        : 'gcp.audit'
  },
  times: ['timestamp', 'receiveTimestamp', 'data.timestamp'],
  outcome: ['protoPayload.status.code', 'severity'],
  aliases: {
    'protoPayload.methodName': ['gcp.audit.method_name', 'data.protoPayload.methodName'],
    'protoPayload.serviceName': ['gcp.audit.service_name', 'data.protoPayload.serviceName', 'eventService'],
    'protoPayload.metadata.event.eventName': 'eventName',
    'data.protoPayload.methodName': 'gcp.audit.method_name',
    'protoPayload.authorizationInfo.permission': 'data.protoPayload.authorizationInfo.permission',
    'protoPayload.authorizationInfo.granted': 'data.protoPayload.authorizationInfo.granted',
    'resource.type': 'data.protoPayload.resource.type',
    logName: 'data.protoPayload.logName',
  },
  rows: [
    ['protoPayload.methodName', 'event.action'],
    ['data.protoPayload.methodName', 'event.action'],
    ['protoPayload.serviceName', 'event.provider'],
    ['insertId', 'event.id', asText],
    ['protoPayload.authenticationInfo.principalEmail', 'user.name'],
    ['protoPayload.requestMetadata.callerIp', 'source.ip', asIp],
    ['protoPayload.requestMetadata.callerSuppliedUserAgent', 'user_agent.original'],
    ['resource.labels.project_id', 'cloud.project.id'],
    ['severity', 'log.level', asText],
  ],
})

const googleWorkspace = saasParser({
  id: 'google-workspace',
  product: 'gcp',
  module: 'google_workspace',
  accepts: (r) =>
    (has(r, 'kind', 'id', 'actor', 'events') && String(r.kind).startsWith('admin#reports')) ||
    (has(r, 'eventService', 'eventName') && String(r.eventService).endsWith('googleapis.com')),
  service: (r) =>
    /login/.test(String(inner(r, 'id', 'applicationName') ?? r.eventService))
      ? 'google_workspace.login'
      : 'google_workspace.admin',
  times: ['id.time', 'time', 'timestamp'],
  outcome: [],
  aliases: { 'events.name': 'eventName' },
  rows: [
    ['events.name', 'event.action'],
    ['eventName', 'event.action'],
    ['actor.email', 'user.name'],
    ['ipAddress', 'source.ip', asIp],
  ],
})

const m365 = saasParser({
  id: 'm365-audit',
  product: 'm365',
  module: 'o365.audit',
  accepts: (r) =>
    (has(r, 'Operation', 'Workload') && has(r, 'CreationTime')) ||
    (has(r, 'eventSource', 'eventName', 'status') && r.eventSource === 'SecurityComplianceCenter'),
  service: (r) => {
    if (r.eventSource === 'SecurityComplianceCenter') return 'threat_management'
    return r.Workload === 'Exchange' && !has(r, 'Parameters')
      ? 'exchange'
      : r.Workload === 'ThreatIntelligence'
        ? 'threat_detection'
        : 'audit'
  },
  times: ['CreationTime', 'eventTime', '@timestamp'],
  outcome: ['ResultStatus', 'status'],
  asText: ['Parameters', 'OperationProperties', 'ExtendedProperties', 'ModifiedProperties'],
  rows: [
    ['Operation', 'event.action'],
    ['eventName', 'event.action'],
    ['Workload', 'event.provider'],
    ['Id', 'event.id'],
    ['UserId', 'user.name', asText],
    ['ClientIP', 'source.ip', asIp],
    ['ClientIPAddress', 'source.ip', asIp],
    ['ActorIpAddress', 'source.ip', asIp],
    ['UserAgent', 'user_agent.original'],
    ['OrganizationId', 'organization.id'],
  ],
})

const github = saasParser({
  id: 'github-audit',
  product: 'github',
  module: 'github',
  accepts: (r) =>
    typeof r.action === 'string' &&
    /^[a-z_]+\.[a-z_]+$/.test(r.action) &&
    (has(r, '_document_id') || has(r, 'actor', 'org') || has(r, 'actor', 'business')),
  service: () => 'audit',
  times: ['@timestamp', 'created_at'],
  outcome: [],
  rows: [
    ['action', 'event.action'],
    ['_document_id', 'event.id'],
    ['actor', 'user.name', asText],
    ['user', 'user.target.name', asText],
    ['actor_ip', 'source.ip', asIp],
    ['user_agent', 'user_agent.original'],
    ['org', 'organization.name', asText],
  ],
})

const bitbucket = saasParser({
  id: 'bitbucket-audit',
  product: 'bitbucket',
  module: 'bitbucket',
  accepts: (r) => isObject(r.auditType) || has(r, 'auditType.category'),
  service: () => 'audit',
  times: ['timestamp', 'createdOn'],
  outcome: [],
  rows: [
    ['auditType.action', 'event.action'],
    ['author.name', 'user.name'],
    ['source', 'source.ip', asIp],
  ],
})

const onelogin = saasParser({
  id: 'onelogin',
  product: 'onelogin',
  module: 'onelogin',
  accepts: (r) => has(r, 'event_type_id') && (has(r, 'account_id') || has(r, 'actor_user_name')),
  service: () => 'onelogin.events',
  times: ['event_timestamp', 'created_at'],
  outcome: [],
  rows: [
    ['event_type_id', 'event.code', asText],
    ['actor_user_name', 'user.name'],
    ['user_name', 'user.target.name'],
    ['ipaddr', 'source.ip', asIp],
  ],
})

const kubernetes = saasParser({
  id: 'kubernetes-audit',
  product: 'kubernetes',
  module: 'kubernetes',
  category: 'application',
  accepts: (r) => has(r, 'auditID', 'verb') || (has(r, 'verb', 'objectRef') && has(r, 'requestURI')),
  service: () => 'audit',
  times: ['requestReceivedTimestamp', 'stageTimestamp', '@timestamp'],
  outcome: ['responseStatus.code'],
  aliases: {
    'objectRef.apiGroup': 'apiGroup',
    'requestObject.spec.volumes.hostPath.path': 'hostPath',
    'requestObject.spec.containers.securityContext.capabilities.add': 'capabilities',
  },
  rows: [
    ['verb', 'event.action'],
    ['auditID', 'event.id'],
    ['user.username', 'user.name'],
    ['sourceIPs', 'source.ip', (v) => (Array.isArray(v) ? asIp(v[0] ?? null) : asIp(v))],
    ['userAgent', 'user_agent.original'],
    ['requestURI', 'url.original'],
    ['objectRef.namespace', 'orchestrator.namespace'],
    ['objectRef.resource', 'orchestrator.resource.type'],
    ['objectRef.name', 'orchestrator.resource.name'],
    ['responseStatus.code', 'http.response.status_code', asNumber],
  ],
})

const duo = saasParser({
  id: 'cisco-duo',
  product: 'cisco',
  module: 'cisco_duo',
  accepts: (r) => has(r, 'event_type', 'factor') || has(r, 'event_type', 'txid'),
  service: () => 'duo',
  times: ['isotimestamp', 'timestamp', 'ts'],
  outcome: ['result'],
  rows: [
    ['event_type', 'event.action'],
    ['user.name', 'user.name'],
    ['access_device.ip', 'source.ip', asIp],
    ['reason', 'event.reason'],
  ],
})

export const saasParsers: readonly ObjectParser[] = [
  okta,
  gcp,
  googleWorkspace,
  m365,
  github,
  bitbucket,
  onelogin,
  kubernetes,
  duo,
]
