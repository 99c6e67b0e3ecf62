import type { NormalisedEvent } from '../event/index.ts'
import { EventFields } from './event-fields.ts'
import { addEmail, addTraffic } from './from-event-network.ts'
import { addFile, addProcesses, addRegistry, fileNames } from './from-event-system.ts'
import { ObjectGraph } from './object-graph.ts'
import type { Observation } from './observation.ts'

/**
 * An event as cyber observables: what a STIX pattern sees of it. One event is one observation, seen once.
 *
 * | ECS                                   | observable                                                                            |
 * | ------------------------------------- | ------------------------------------------------------------------------------------- |
 * | `process.*`, `process.parent.*`       | `process` with `image_ref`, `parent_ref`, `creator_user_ref`; `file` and `directory`   |
 * | `file.*`, `dll.*`                     | `file` with `hashes` and `parent_directory_ref`; `directory`                           |
 * | `source.*`, `destination.*`, `http.*` | `network-traffic` with `src_ref`, `dst_ref`, `http-request-ext`; addresses, `mac-addr` |
 * | `dns.question.name`, `url.domain`, …  | `domain-name` with `resolves_to_refs`                                                  |
 * | `url.full`, `url.original`            | `url`                                                                                  |
 * | `user.*`                              | `user-account`                                                                         |
 * | `registry.*`                          | `windows-registry-key` with `values`                                                   |
 * | `email.*`                             | `email-message`, `email-addr`                                                          |
 * | `tls.server.*`, `x509.*`              | `x509-certificate`                                                                     |
 *
 * @param wanted types of objects; others may be left out
 */
export function observeEvent(
  event: Pick<NormalisedEvent, 'timeMs' | 'ecs'>,
  id: string,
  wanted?: ReadonlySet<string>,
): Observation {
  const graph = new ObjectGraph()
  const fields = new EventFields(event.ecs)
  const wants = (...types: readonly string[]): boolean => wanted === undefined || types.some((type) => wanted.has(type))

  const accounts = wants('user-account', 'process', 'windows-registry-key') ? addAccounts(graph, fields) : []
  const traffic = wants('process', ...networkTypes) ? addTraffic(graph, fields) : undefined
  if (wants('process', 'file', 'directory')) {
    addProcesses(graph, fields, { account: accounts[0], traffic })
    for (const names of files) addFile(graph, fields, names)
  }
  if (wants('windows-registry-key')) addRegistry(graph, fields, accounts[0])
  if (wants('email-message', 'email-addr')) addEmail(graph, fields)
  if (wants('x509-certificate')) addCertificate(graph, fields)
  return { id, firstMs: event.timeMs, lastMs: event.timeMs, count: 1, roots: graph.roots, objects: graph.objects }
}

const networkTypes = ['network-traffic', 'ipv4-addr', 'ipv6-addr', 'mac-addr', 'domain-name', 'url']

const files = [
  fileNames('file'),
  fileNames('dll'),
  // Where a link leads: all else that is said is said of the link.
  { path: 'file.target_path', name: '', directory: '', size: '', mimeType: '', hashes: [] },
]

const accountNames = ['user', 'user.target', 'user.effective', 'user.changes'].map((prefix) => ({
  name: `${prefix}.name`,
  id: `${prefix}.id`,
  fullName: `${prefix}.full_name`,
  domain: `${prefix}.domain`,
}))

function addAccounts(graph: ObjectGraph, fields: EventFields): (string | undefined)[] {
  return accountNames.map((names) => {
    const login = fields.text(names.name)
    const userId = fields.text(names.id)
    if (login === undefined && userId === undefined) return undefined
    const domain = fields.text(names.domain)
    return graph.add('user-account', {
      account_login: login,
      user_id: userId,
      display_name: fields.text(names.fullName),
      ...(domain === undefined ? {} : { account_type: 'windows-domain', x_domain: domain }),
    })
  })
}

function addCertificate(graph: ObjectGraph, fields: EventFields): void {
  const hashes = {
    ...named('MD5', fields.text('tls.server.hash.md5', 'x509.hash.md5')),
    ...named('SHA-1', fields.text('tls.server.hash.sha1', 'x509.hash.sha1')),
    ...named('SHA-256', fields.text('tls.server.hash.sha256', 'x509.hash.sha256')),
  }
  graph.add('x509-certificate', {
    subject: fields.text(
      'tls.server.x509.subject.distinguished_name',
      'tls.server.subject',
      'x509.subject.distinguished_name',
    ),
    issuer: fields.text(
      'tls.server.x509.issuer.distinguished_name',
      'tls.server.issuer',
      'x509.issuer.distinguished_name',
    ),
    serial_number: fields.text('tls.server.x509.serial_number', 'x509.serial_number'),
    validity_not_before: fields.text('tls.server.not_before', 'tls.server.x509.not_before', 'x509.not_before'),
    validity_not_after: fields.text('tls.server.not_after', 'tls.server.x509.not_after', 'x509.not_after'),
    ...(Object.keys(hashes).length > 0 ? { hashes } : {}),
  })
}

const named = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [name]: value.toLowerCase() }
