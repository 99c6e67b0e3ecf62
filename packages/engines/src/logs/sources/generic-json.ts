import type { JsonObject, LogSource } from '../../event/index.ts'
import type { EventBuilder } from '../builder.ts'
import { Mapping } from '../mapping.ts'
import type { ObjectParser } from '../parser.ts'
import { inner, isObject } from '../record.ts'
import { asIp, asLower, asPort, asText, asTransport } from '../transforms.ts'

const TIME_NAMES = [
  '@timestamp',
  'timestamp',
  'time',
  'ts',
  '_time',
  'eventTime',
  'event_time',
  'TimeGenerated',
  'TimeCreated',
  'EventTime',
  'datetime',
  'date',
  'createdDateTime',
  'created_at',
  'logged_at',
  'Timestamp',
  'asctime',
  '_source.@timestamp',
  'epoch',
  'when',
] as const

export function takeUsualTime(record: JsonObject, event: EventBuilder): void {
  for (const name of TIME_NAMES) if (record[name] !== undefined && event.time(record[name])) return
  event.time(inner(record, 'event', 'created'))
}

/** Sigma's names for ECS fields, so that rules see records that come in as ECS. */
const ECS_TO_SIGMA = {
  'process.executable': 'Image',
  'process.command_line': 'CommandLine',
  'process.working_directory': 'CurrentDirectory',
  'process.pid': 'ProcessId',
  'process.pe.original_file_name': 'OriginalFileName',
  'process.parent.executable': 'ParentImage',
  'process.parent.command_line': 'ParentCommandLine',
  'process.parent.pid': 'ParentProcessId',
  'file.path': 'TargetFilename',
  'dll.path': 'ImageLoaded',
  'registry.path': 'TargetObject',
  'registry.data.strings': 'Details',
  'dns.question.name': ['QueryName', 'query'],
  'dns.question.type': 'record_type',
  'source.ip': ['SourceIp', 'src_ip'],
  'source.port': ['SourcePort', 'src_port'],
  'destination.ip': ['DestinationIp', 'dst_ip'],
  'destination.port': ['DestinationPort', 'dst_port'],
  'destination.domain': 'DestinationHostname',
  'event.code': 'EventID',
  'host.name': 'Computer',
  'url.original': 'c-uri',
  'http.request.method': 'cs-method',
  'http.response.status_code': 'sc-status',
  'user_agent.original': ['c-useragent', 'cs-user-agent'],
} as const

const ecsMarks = [
  ['host', 'name'],
  ['process', 'name'],
  ['process', 'executable'],
  ['source', 'ip'],
  ['destination', 'ip'],
  ['event', 'action'],
  ['event', 'code'],
] as const

/** Elastic Common Schema, nested or dotted: passed through as it is. */
export const ecsJson: ObjectParser = {
  kind: 'object',
  id: 'ecs-json',
  mapping: new Mapping({ prefix: '', rows: [], aliases: ECS_TO_SIGMA }),
  accepts: (record) =>
    inner(record, 'ecs', 'version') !== undefined ||
    inner(record, 'event', 'category') !== undefined ||
    inner(record, 'event', 'kind') !== undefined ||
    (inner(record, 'event', 'module') !== undefined && inner(record, 'event', 'dataset') !== undefined) ||
    // Without the marks of a shipper: the schema's time, and a field that only the schema names so.
    (record['@timestamp'] !== undefined && ecsMarks.some(([set, name]) => inner(record, set, name) !== undefined)),
  read(record, event) {
    for (const key of Object.keys(record)) if (key !== '@timestamp') event.put(key, record[key])
    takeUsualTime(record, event)
    event.logSources(ecsLogSources(event))
  },
}

const CATEGORY_OF: Readonly<Record<string, (types: readonly string[]) => string | undefined>> = {
  process: (types) =>
    types.includes('start') ? 'process_creation' : types.includes('end') ? 'process_termination' : undefined,
  network: (types) => (types.includes('protocol') ? undefined : 'network_connection'),
  file: (types) => (types.includes('deletion') ? 'file_delete' : types.includes('creation') ? 'file_event' : undefined),
  registry: () => 'registry_event',
  driver: () => 'driver_load',
  library: () => 'image_load',
  web: () => 'webserver',
}

function ecsLogSources(event: EventBuilder): LogSource[] {
  const words = (field: string): string[] => [event.ecs[field] ?? []].flat(2).filter((v) => typeof v === 'string')
  const os = event.ecs['host.os.type'] ?? event.ecs['host.os.family']
  const product = os === 'windows' || os === 'linux' || os === 'macos' ? os : undefined
  const types = words('event.type')
  const found: LogSource[] = []
  for (const name of words('event.category')) {
    const category = Object.hasOwn(CATEGORY_OF, name) ? CATEGORY_OF[name]!(types) : undefined
    if (category !== undefined) found.push(product === undefined ? { category } : { product, category })
  }
  if (event.ecs['dns.question.name'] !== undefined)
    found.push(product === undefined ? { category: 'dns' } : { product, category: 'dns_query' }, { category: 'dns' })
  return found
}

/** JSON that no other parser knows: flattened, with ECS names for the most usual fields. */
export const genericJson: ObjectParser = {
  kind: 'object',
  id: 'generic-json',
  mapping: new Mapping({
    prefix: 'json.',
    rows: [],
    weakRows: [
      ['message', 'message', asText],
      ['msg', 'message', asText],
      ['Message', 'message', asText],
      ['level', 'log.level', asLower],
      ['severity', 'log.level', asLower],
      ['hostname', 'host.name', asText],
      ['host', 'host.name', asText],
      ['Computer', 'host.name', asText],
      ['user', 'user.name', asText],
      ['username', 'user.name', asText],
      ['src_ip', 'source.ip', asIp],
      ['srcip', 'source.ip', asIp],
      ['source_ip', 'source.ip', asIp],
      ['SourceIp', 'source.ip', asIp],
      ['client_ip', 'source.ip', asIp],
      ['remote_addr', 'source.ip', asIp],
      ['src_port', 'source.port', asPort],
      ['srcport', 'source.port', asPort],
      ['dst_ip', 'destination.ip', asIp],
      ['dest_ip', 'destination.ip', asIp],
      ['dstip', 'destination.ip', asIp],
      ['DestinationIp', 'destination.ip', asIp],
      ['dst_port', 'destination.port', asPort],
      ['dest_port', 'destination.port', asPort],
      ['DestinationPort', 'destination.port', asPort],
      ['proto', 'network.transport', asTransport],
      ['protocol', 'network.transport', asTransport],
      ['Protocol', 'network.transport', asTransport],
      ['action', 'event.action', asText],
      ['process', 'process.name', asText],
      ['CommandLine', 'process.command_line', asText],
      ['Image', 'process.executable', asText],
    ],
    constants: { 'event.kind': 'event' },
  }),
  accepts: () => true,
  read(record, event) {
    event.putAll(record)
    takeUsualTime(record, event)
    if (event.taxonomy.logtype !== undefined && isObject(record.logdata))
      event.logSources([{ category: 'application', product: 'opencanary' }])
  },
}
