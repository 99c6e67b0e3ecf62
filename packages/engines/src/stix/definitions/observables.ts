import { observable } from './common-properties.ts'
import {
  fileExtensions,
  networkTrafficExtensions,
  processExtensions,
  userAccountExtensions,
} from './observable-extensions.ts'
import {
  boolean,
  closed,
  dictionary,
  hashes,
  integer,
  list,
  needs,
  one,
  open,
  order,
  type PropertyKind,
  ref,
  refs,
  type StixDefinition,
  some,
  struct,
  structOf,
  text,
  timestamp,
} from './property.ts'

const file = { ctime: timestamp, mtime: timestamp, atime: timestamp }
const address = (form: 'ipv4' | 'ipv6'): Readonly<Record<string, PropertyKind>> => ({
  value: text(form),
  resolves_to_refs: refs('mac-addr'),
  belongs_to_refs: refs('autonomous-system'),
})
const value = { required: ['value'], idProperties: ['value'] }
const port = integer(0, 65_535)
const endpoint = ref('ipv4-addr', 'ipv6-addr', 'mac-addr', 'domain-name')

/** Part of a message of several. @source STIX 2.1 section 6.6.2 */
const mimePart = struct(
  'part of the body',
  {
    body: text(),
    body_raw_ref: ref('artifact', 'file'),
    content_type: text(),
    content_disposition: text(),
  },
  { rules: [one('body', 'body_raw_ref')] },
)

/** @source STIX 2.1 section 6.17.2 */
const registryValue = struct(
  'registry value',
  { name: text(), data: text(), data_type: closed('windows-registry-datatype-enum') },
  { rules: [some('name', 'data', 'data_type')] },
)

const certificateTexts = [
  'basic_constraints',
  'name_constraints',
  'policy_constraints',
  'key_usage',
  'extended_key_usage',
  'subject_key_identifier',
  'authority_key_identifier',
  'subject_alternative_name',
  'issuer_alternative_name',
  'subject_directory_attributes',
  'crl_distribution_points',
  'inhibit_any_policy',
  'certificate_policies',
  'policy_mappings',
]
const certificateProperties: Readonly<Record<string, PropertyKind>> = {
  ...Object.fromEntries(certificateTexts.map((name) => [name, text()])),
  private_key_usage_period_not_before: timestamp,
  private_key_usage_period_not_after: timestamp,
}
/** @source STIX 2.1 section 6.18.2 */
const certificateExtensions = struct('X.509 v3 extensions', certificateProperties, {
  rules: [some(...Object.keys(certificateProperties))],
})

/** An observable of which no property is required, and at least one of its own must be there. */
function someOf(
  type: string,
  own: Readonly<Record<string, PropertyKind>>,
  parts: Parameters<typeof observable>[2] = {},
): StixDefinition {
  const present = parts.extensions === undefined ? Object.keys(own) : [...Object.keys(own), 'extensions']
  return observable(type, own, { ...parts, rules: [some(...present), ...(parts.rules ?? [])] })
}

/** @source STIX 2.1 section 6 */
export const observables: readonly StixDefinition[] = [
  observable(
    'artifact',
    {
      mime_type: text('media-type'),
      payload_bin: text('binary'),
      url: text('url'),
      hashes,
      encryption_algorithm: closed('encryption-algorithm-enum'),
      decryption_key: text(),
    },
    {
      rules: [one('payload_bin', 'url'), needs('url', 'hashes'), needs('decryption_key', 'encryption_algorithm')],
      idProperties: ['hashes', 'payload_bin'],
    },
  ),
  observable(
    'autonomous-system',
    { number: integer(), name: text(), rir: text() },
    { required: ['number'], idProperties: ['number'], label: 'Autonomous system' },
  ),
  observable(
    'directory',
    { path: text(), path_enc: text('charset'), ...file, contains_refs: refs('file', 'directory') },
    { required: ['path'], idProperties: ['path'] },
  ),
  observable(
    'domain-name',
    { value: text('domain'), resolves_to_refs: refs('ipv4-addr', 'ipv6-addr', 'domain-name') },
    value,
  ),
  observable(
    'email-addr',
    { value: text('email'), display_name: text(), belongs_to_ref: ref('user-account') },
    { ...value, label: 'E-mail address' },
  ),
  observable(
    'email-message',
    {
      is_multipart: boolean,
      date: timestamp,
      content_type: text(),
      from_ref: ref('email-addr'),
      sender_ref: ref('email-addr'),
      to_refs: refs('email-addr'),
      cc_refs: refs('email-addr'),
      bcc_refs: refs('email-addr'),
      message_id: text(),
      subject: text(),
      received_lines: list(text()),
      additional_header_fields: dictionary({
        kind: 'either',
        first: text(),
        second: { kind: 'list', of: text(), min: 2 },
      }),
      body: text(),
      body_multipart: list(structOf(mimePart)),
      raw_email_ref: ref('artifact'),
    },
    {
      required: ['is_multipart'],
      rules: [
        { rule: 'when', property: 'is_multipart', is: true, forbids: 'body' },
        { rule: 'when', property: 'is_multipart', is: false, forbids: 'body_multipart' },
      ],
      idProperties: ['from_ref', 'subject', 'body'],
      label: 'E-mail message',
    },
  ),
  observable(
    'file',
    {
      hashes,
      size: integer(0),
      name: text(),
      name_enc: text('charset'),
      magic_number_hex: text('hex'),
      mime_type: text(),
      ...file,
      parent_directory_ref: ref('directory'),
      contains_refs: { kind: 'list', of: { kind: 'identifier', to: { category: 'observable' } } },
      content_ref: ref('artifact'),
    },
    {
      rules: [some('hashes', 'name')],
      extensions: fileExtensions,
      idProperties: ['hashes', 'name', 'parent_directory_ref', 'extensions'],
    },
  ),
  observable('ipv4-addr', address('ipv4'), { ...value, label: 'IPv4 address' }),
  observable('ipv6-addr', address('ipv6'), { ...value, label: 'IPv6 address' }),
  observable('mac-addr', { value: text('mac') }, { ...value, label: 'MAC address' }),
  observable('mutex', { name: text() }, { required: ['name'], idProperties: ['name'] }),
  observable(
    'network-traffic',
    {
      start: timestamp,
      end: timestamp,
      is_active: boolean,
      src_ref: endpoint,
      dst_ref: endpoint,
      src_port: port,
      dst_port: port,
      protocols: list(text()),
      src_byte_count: integer(0),
      dst_byte_count: integer(0),
      src_packets: integer(0),
      dst_packets: integer(0),
      ipfix: dictionary({ kind: 'either', first: text(), second: integer() }),
      src_payload_ref: ref('artifact'),
      dst_payload_ref: ref('artifact'),
      encapsulates_refs: refs('network-traffic'),
      encapsulated_by_ref: ref('network-traffic'),
    },
    {
      required: ['protocols'],
      rules: [
        some('src_ref', 'dst_ref'),
        { rule: 'when', property: 'is_active', is: true, forbids: 'end' },
        order('start', 'end'),
      ],
      extensions: networkTrafficExtensions,
      idProperties: ['start', 'end', 'src_ref', 'dst_ref', 'src_port', 'dst_port', 'protocols', 'extensions'],
    },
  ),
  someOf(
    'process',
    {
      is_hidden: boolean,
      pid: integer(),
      created_time: timestamp,
      cwd: text(),
      command_line: text(),
      environment_variables: dictionary(text()),
      opened_connection_refs: refs('network-traffic'),
      creator_user_ref: ref('user-account'),
      image_ref: ref('file'),
      parent_ref: ref('process'),
      child_refs: refs('process'),
    },
    { extensions: processExtensions },
  ),
  observable(
    'software',
    {
      name: text(),
      cpe: text('cpe'),
      swid: text(),
      languages: list(text('language-or-iso639')),
      vendor: text(),
      version: text(),
    },
    { required: ['name'], idProperties: ['name', 'cpe', 'swid', 'vendor', 'version'] },
  ),
  observable('url', { value: text('url') }, { ...value, label: 'URL' }),
  someOf(
    'user-account',
    {
      user_id: text(),
      credential: text(),
      account_login: text(),
      account_type: open('account-type-ov'),
      display_name: text(),
      is_service_account: boolean,
      is_privileged: boolean,
      can_escalate_privs: boolean,
      is_disabled: boolean,
      account_created: timestamp,
      account_expires: timestamp,
      credential_last_changed: timestamp,
      account_first_login: timestamp,
      account_last_login: timestamp,
    },
    { extensions: userAccountExtensions, idProperties: ['account_type', 'user_id', 'account_login'] },
  ),
  someOf(
    'windows-registry-key',
    {
      key: text('registry-key'),
      values: list(structOf(registryValue)),
      modified_time: timestamp,
      creator_user_ref: ref('user-account'),
      number_of_subkeys: integer(),
    },
    { idProperties: ['key', 'values'] },
  ),
  someOf(
    'x509-certificate',
    {
      is_self_signed: boolean,
      hashes,
      version: text(),
      serial_number: text(),
      signature_algorithm: text(),
      issuer: text(),
      validity_not_before: timestamp,
      validity_not_after: timestamp,
      subject: text(),
      subject_public_key_algorithm: text(),
      subject_public_key_modulus: text(),
      subject_public_key_exponent: integer(),
      x509_v3_extensions: structOf(certificateExtensions),
    },
    { idProperties: ['hashes', 'serial_number'], label: 'X.509 certificate' },
  ),
]
