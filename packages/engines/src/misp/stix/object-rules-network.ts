import { type ObjectRule, type RelationRow, relationsOf } from './object-rule.ts'

const rule = (root: string, rows: readonly RelationRow[], constants?: ObjectRule['constants']): ObjectRule => ({
  metaCategory: 'network',
  root,
  relations: relationsOf(root, rows),
  ...(constants ? { constants } : {}),
})

const ends: readonly RelationRow[] = [
  ['ip-src', 'ip-src', 'src_ref.value'],
  ['ip-dst', 'ip-dst', 'dst_ref.value'],
  ['src-port', 'port', 'src_port', 'integer'],
  ['dst-port', 'port', 'dst_port', 'integer'],
]
const request = "extensions.'http-request-ext'"
const socket = "extensions.'socket-ext'"

export const networkRules: Readonly<Record<string, ObjectRule>> = {
  asn: rule('autonomous-system', [
    ['asn', 'AS', 'number', 'as-number'],
    ['description', 'text', 'name'],
  ]),
  'domain-ip': rule('domain-name', [
    ['domain', 'domain', 'value'],
    ['ip', 'ip-dst', 'resolves_to_refs[*].value'],
  ]),
  email: rule('email-message', [
    ['from', 'email-src', 'from_ref.value'],
    ['from-display-name', 'email-src-display-name', 'from_ref.display_name'],
    ['to', 'email-dst', 'to_refs[*].value'],
    ['to-display-name', 'email-dst-display-name', 'to_refs[*].display_name'],
    ['cc', 'email-dst', 'cc_refs[*].value'],
    ['cc-display-name', 'email-dst-display-name', 'cc_refs[*].display_name'],
    ['bcc', 'email-dst', 'bcc_refs[*].value'],
    ['bcc-display-name', 'email-dst-display-name', 'bcc_refs[*].display_name'],
    ['message-id', 'email-message-id', 'message_id'],
    ['subject', 'email-subject', 'subject'],
    ['email-body', 'email-body', 'body'],
    ['send-date', 'datetime', 'date', 'time'],
    ['header', 'email-header', 'received_lines[*]'],
    ['reply-to', 'email-reply-to', "additional_header_fields.'Reply-To'"],
    ['x-mailer', 'email-x-mailer', "additional_header_fields.'X-Mailer'"],
    ['attachment', 'email-attachment', 'body_multipart[*].body_raw_ref.name'],
  ]),
  'http-request': rule(
    'network-traffic',
    [
      ['ip-src', 'ip-src', 'src_ref.value'],
      ['ip-dst', 'ip-dst', 'dst_ref.value'],
      ['method', 'http-method', `${request}.request_method`],
      ['uri', 'uri', `${request}.request_value`],
      ['content-type', 'other', `${request}.request_header.'Content-Type'`],
      ['cookie', 'text', `${request}.request_header.Cookie`],
      ['referer', 'other', `${request}.request_header.Referer`],
      ['user-agent', 'user-agent', `${request}.request_header.'User-Agent'`],
    ],
    [
      { path: 'network-traffic:protocols[*]', value: 'tcp' },
      { path: 'network-traffic:protocols[*]', value: 'http' },
    ],
  ),
  'ip-port': rule('network-traffic', [
    ['ip-src', 'ip-src', 'src_ref.value'],
    ['ip', 'ip-dst', 'dst_ref.value'],
    ['ip-dst', 'ip-dst', 'dst_ref.value'],
    ['src-port', 'port', 'src_port', 'integer'],
    ['dst-port', 'port', 'dst_port', 'integer'],
    ['first-seen', 'datetime', 'start', 'time'],
    ['last-seen', 'datetime', 'end', 'time'],
    ['protocol', 'text', 'protocols[*]', 'lower'],
  ]),
  'network-connection': rule('network-traffic', [
    ...ends,
    ['first-packet-seen', 'datetime', 'start', 'time'],
    ['layer3-protocol', 'text', 'protocols[*]', 'lower'],
    ['layer4-protocol', 'text', 'protocols[*]', 'lower'],
    ['layer7-protocol', 'text', 'protocols[*]', 'lower'],
  ]),
  'network-socket': rule('network-traffic', [
    ...ends,
    ['protocol', 'text', 'protocols[*]', 'lower'],
    ['address-family', 'text', `${socket}.address_family`],
    ['socket-type', 'text', `${socket}.socket_type`],
  ]),
  netflow: rule('network-traffic', [
    ...ends,
    ['src-as', 'AS', 'src_ref.belongs_to_refs[0].number', 'as-number'],
    ['dst-as', 'AS', 'dst_ref.belongs_to_refs[0].number', 'as-number'],
    ['first-packet-seen', 'datetime', 'start', 'time'],
    ['last-packet-seen', 'datetime', 'end', 'time'],
    ['byte-count', 'counter', 'src_byte_count', 'integer'],
    ['packet-count', 'counter', 'src_packets', 'integer'],
    ['protocol', 'text', 'protocols[*]', 'lower'],
    ['tcp-flags', 'text', "extensions.'tcp-ext'.src_flags_hex"],
  ]),
  url: rule('url', [['url', 'url', 'value']]),
  x509: rule('x509-certificate', [
    ['x509-fingerprint-md5', 'x509-fingerprint-md5', 'hashes.MD5'],
    ['x509-fingerprint-sha1', 'x509-fingerprint-sha1', "hashes.'SHA-1'"],
    ['x509-fingerprint-sha256', 'x509-fingerprint-sha256', "hashes.'SHA-256'"],
    ['issuer', 'text', 'issuer'],
    ['serial-number', 'text', 'serial_number'],
    ['signature_algorithm', 'text', 'signature_algorithm'],
    ['subject', 'text', 'subject'],
    ['version', 'text', 'version'],
    ['validity-not-before', 'datetime', 'validity_not_before', 'time'],
    ['validity-not-after', 'datetime', 'validity_not_after', 'time'],
    ['pubkey-info-algorithm', 'text', 'subject_public_key_algorithm'],
    ['pubkey-info-exponent', 'text', 'subject_public_key_exponent', 'integer'],
    ['pubkey-info-modulus', 'text', 'subject_public_key_modulus'],
    ['self_signed', 'boolean', 'is_self_signed', 'boolean'],
  ]),
}
