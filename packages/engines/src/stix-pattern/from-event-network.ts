import { parseAddressBlock } from './address-block.ts'
import type { EventFields } from './event-fields.ts'
import type { ObjectGraph } from './object-graph.ts'
import type { StixValue } from './observation.ts'

const endNames = (end: string) => ({
  ip: `${end}.ip`,
  address: `${end}.address`,
  domain: `${end}.domain`,
  mac: `${end}.mac`,
})
type EndNames = ReturnType<typeof endNames>

const sourceNames = endNames('source')
const clientNames = endNames('client')
const destinationNames = endNames('destination')
const serverNames = endNames('server')

/** Addresses, names and URLs of an event, and its connection. @returns what refers to the connection */
export function addTraffic(graph: ObjectGraph, fields: EventFields): string | undefined {
  const source = addEnd(graph, fields, sourceNames) ?? addEnd(graph, fields, clientNames)
  const destination = addEnd(graph, fields, destinationNames) ?? addEnd(graph, fields, serverNames)
  for (const address of fields.texts('host.ip', 'source.nat.ip', 'destination.nat.ip', 'network.forwarded_ip'))
    addAddress(graph, address)
  for (const mac of fields.texts('source.mac', 'destination.mac', 'host.mac'))
    graph.addValue('mac-addr', mac.toLowerCase().replaceAll('-', ':'))
  addNames(graph, fields)
  for (const url of fields.texts('url.full', 'url.original')) graph.addValue('url', url)

  const [sourcePort, destinationPort] = [
    fields.number('source.port', 'client.port'),
    fields.number('destination.port', 'server.port'),
  ]
  if ([source, destination, sourcePort, destinationPort].every((part) => part === undefined)) return undefined
  const extension = httpRequest(fields)
  return graph.add('network-traffic', {
    src_ref: source,
    dst_ref: destination,
    src_port: sourcePort,
    dst_port: destinationPort,
    protocols: fields.texts('network.type', 'network.transport', 'network.protocol').map((name) => name.toLowerCase()),
    src_byte_count: fields.number('source.bytes'),
    dst_byte_count: fields.number('destination.bytes'),
    src_packets: fields.number('source.packets'),
    dst_packets: fields.number('destination.packets'),
    ...(extension === undefined ? {} : { extensions: { 'http-request-ext': extension } }),
  })
}

/** The address of one end, else its name. */
function addEnd(graph: ObjectGraph, fields: EventFields, names: EndNames): string | undefined {
  const name = addDomain(graph, fields.text(names.domain))
  const macs = fields.texts(names.mac).map((mac) => graph.addValue('mac-addr', mac.toLowerCase().replaceAll('-', ':')))
  const address = addAddress(graph, fields.text(names.ip, names.address))
  return address ?? name ?? macs[0]
}

function addNames(graph: ObjectGraph, fields: EventFields): void {
  const resolved = fields.texts('dns.resolved_ip').map((address) => addAddress(graph, address))
  const references = resolved.filter((one) => one !== undefined)
  addDomain(graph, fields.text('dns.question.name'), references)
  for (const name of fields.texts('url.domain', 'tls.client.server_name', 'source.domain', 'destination.domain'))
    addDomain(graph, name)
}

function addDomain(
  graph: ObjectGraph,
  text: string | undefined,
  resolvesTo: readonly string[] = [],
): string | undefined {
  if (text === undefined) return undefined
  const name = text.toLowerCase().replace(/\.$/, '')
  return addAddress(graph, name) ?? graph.addValue('domain-name', name, { resolves_to_refs: resolvesTo })
}

function httpRequest(fields: EventFields): { readonly [name: string]: StixValue } | undefined {
  const method = fields.text('http.request.method')
  if (method === undefined) return undefined
  const agent = fields.text('user_agent.original')
  const host = fields.text('url.domain')
  const referrer = fields.text('http.request.referrer')
  const version = fields.text('http.version')
  const path = fields.text('url.path')
  const query = fields.text('url.query')
  const value = path === undefined ? fields.text('url.original') : path + (query === undefined ? '' : `?${query}`)
  return {
    request_method: method.toLowerCase(),
    ...(value === undefined ? {} : { request_value: value }),
    ...(version === undefined ? {} : { request_version: version }),
    request_header: {
      ...(agent === undefined ? {} : { 'User-Agent': agent }),
      ...(host === undefined ? {} : { Host: host }),
      ...(referrer === undefined ? {} : { Referer: referrer }),
    },
  }
}

export function addEmail(graph: ObjectGraph, fields: EventFields): void {
  const addresses = (name: string): string[] =>
    fields
      .texts(name)
      .map((address) => graph.addValue('email-addr', address))
      .filter((one) => one !== undefined)
  const from = addresses('email.from.address')[0]
  const sender = addresses('email.sender.address')[0] ?? from
  graph.add('email-message', {
    from_ref: from,
    sender_ref: sender,
    to_refs: addresses('email.to.address'),
    cc_refs: addresses('email.cc.address'),
    bcc_refs: addresses('email.bcc.address'),
    subject: fields.text('email.subject'),
    message_id: fields.text('email.message_id'),
    content_type: fields.text('email.content_type'),
    date: fields.text('email.origination_timestamp'),
  })
}

/** `ipv4-addr` or `ipv6-addr`; nothing for what is no address. */
function addAddress(graph: ObjectGraph, text: string | undefined): string | undefined {
  const block = text === undefined ? undefined : parseAddressBlock(text)
  if (block === undefined) return undefined
  return graph.addValue(block.bytes.length === 4 ? 'ipv4-addr' : 'ipv6-addr', text)
}
