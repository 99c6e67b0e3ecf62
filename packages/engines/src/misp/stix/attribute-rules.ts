/** How one value of an attribute becomes part of a pattern and of observables. */
export interface ValueRule {
  /** In observables. */
  readonly path: string
  /** In patterns, where the published mapping has another. */
  readonly inPattern?: string
  /** What the value is in STIX; text unless said. */
  readonly as?: 'integer' | 'as-number' | 'mac' | 'registry-key'
  /** Whose type is compared beside it: `network-traffic:dst_ref`. */
  readonly withTypeOf?: string
}

/** An attribute type as observables and as a pattern. @source MISP/misp-stix, documentation/mapping */
export interface AttributeRule {
  readonly category: string
  /** Of a value such as `name|hash`, one for each part. */
  readonly values: readonly ValueRule[]
  /** What the observable has besides. */
  readonly constants?: readonly {
    readonly path: string
    readonly value: string | boolean
    readonly isCompared?: boolean
  }[]
  /** The root of the observables, where it is not what the first path begins with. */
  readonly root?: string
  /** Only a pattern is made of it. */
  readonly patternOnly?: boolean
}

const delivery = 'Payload delivery'
const network = 'Network activity'

/** Names of hashes: in attributes, in objects, and in patterns. */
export const hashNames: readonly { readonly misp: string; readonly stix: string; readonly pattern: string }[] = [
  { misp: 'md5', stix: 'MD5', pattern: 'MD5' },
  { misp: 'sha1', stix: 'SHA-1', pattern: "'SHA-1'" },
  { misp: 'sha224', stix: 'SHA224', pattern: "'SHA-224'" },
  { misp: 'sha256', stix: 'SHA-256', pattern: "'SHA-256'" },
  { misp: 'sha384', stix: 'SHA384', pattern: "'SHA-384'" },
  { misp: 'sha512', stix: 'SHA-512', pattern: "'SHA-512'" },
  { misp: 'sha3-224', stix: 'SHA3224', pattern: "'SHA3-224'" },
  { misp: 'sha3-256', stix: 'SHA3-256', pattern: "'SHA3-256'" },
  { misp: 'sha3-384', stix: 'SHA3384', pattern: "'SHA3-384'" },
  { misp: 'sha3-512', stix: 'SHA3-512', pattern: "'SHA3-512'" },
  { misp: 'sha512/224', stix: 'SHA224', pattern: "'SHA-224'" },
  { misp: 'sha512/256', stix: 'SHA-256', pattern: "'SHA-256'" },
  { misp: 'ssdeep', stix: 'SSDEEP', pattern: 'SSDEEP' },
  { misp: 'tlsh', stix: 'TLSH', pattern: 'TLSH' },
  { misp: 'authentihash', stix: 'AUTHENTIHASH', pattern: 'AUTHENTIHASH' },
  { misp: 'imphash', stix: 'IMPHASH', pattern: 'IMPHASH' },
  { misp: 'pehash', stix: 'PEHASH', pattern: 'PEHASH' },
  { misp: 'telfhash', stix: 'TELFHASH', pattern: 'TELFHASH' },
  { misp: 'vhash', stix: 'VHASH', pattern: 'VHASH' },
]

const hashRule = (root: string, { stix, pattern }: (typeof hashNames)[number]): ValueRule => ({
  path: `${root}:hashes.'${stix}'`,
  inPattern: `${root}:hashes.${pattern}`,
})

const hashRules = Object.fromEntries(
  hashNames.flatMap((name): [string, AttributeRule][] => [
    [name.misp, { category: delivery, values: [hashRule('file', name)] }],
    [`filename|${name.misp}`, { category: delivery, values: [{ path: 'file:name' }, hashRule('file', name)] }],
  ]),
)

const simple = (category: string, path: string, as?: ValueRule['as']): AttributeRule => ({
  category,
  values: [{ path, ...(as ? { as } : {}) }],
})
const email = (path: string, inPattern?: string): AttributeRule => ({
  category: delivery,
  values: [{ path, ...(inPattern ? { inPattern } : {}) }],
  constants: [{ path: 'email-message:is_multipart', value: false }],
})
const traffic = (end: 'src' | 'dst', { withPort }: { withPort: boolean }): AttributeRule => ({
  category: network,
  values: [
    { path: `network-traffic:${end}_ref.value`, withTypeOf: `network-traffic:${end}_ref` },
    ...(withPort ? [{ path: `network-traffic:${end}_port`, as: 'integer' as const }] : []),
  ],
  constants: [{ path: 'network-traffic:protocols[*]', value: 'tcp' }],
})
const certificate = (hash: string): AttributeRule => ({
  category: delivery,
  values: [{ path: `x509-certificate:hashes.${hash}` }],
})

export const attributeRules: Readonly<Record<string, AttributeRule>> = {
  ...hashRules,
  AS: simple(network, 'autonomous-system:number', 'as-number'),
  domain: simple(network, 'domain-name:value'),
  hostname: simple(network, 'domain-name:value'),
  'domain|ip': {
    category: network,
    values: [{ path: 'domain-name:value' }, { path: 'domain-name:resolves_to_refs[*].value' }],
  },
  'hostname|port': {
    category: network,
    root: 'network-traffic',
    values: [
      { path: 'network-traffic:dst_ref.value', inPattern: 'domain-name:value' },
      { path: 'network-traffic:dst_port', as: 'integer' },
    ],
    constants: [{ path: 'network-traffic:protocols[*]', value: 'tcp' }],
  },
  email: simple(delivery, 'email-addr:value'),
  'email-attachment': {
    category: delivery,
    values: [
      {
        path: 'email-message:body_multipart[0].body_raw_ref.name',
        inPattern: 'email-message:body_multipart[*].body_raw_ref.name',
      },
    ],
    constants: [{ path: 'email-message:is_multipart', value: true }],
  },
  'email-body': email('email-message:body'),
  'email-dst': email('email-message:to_refs[*].value'),
  'email-header': email('email-message:received_lines[*]'),
  'email-message-id': email('email-message:message_id'),
  'email-reply-to': email("email-message:additional_header_fields.'Reply-To'"),
  'email-src': email('email-message:from_ref.value'),
  'email-subject': email('email-message:subject'),
  'email-x-mailer': email("email-message:additional_header_fields.'X-Mailer'"),
  filename: simple(delivery, 'file:name'),
  attachment: simple(delivery, 'file:name'),
  'malware-sample': { category: delivery, values: [{ path: 'file:name' }, { path: 'file:hashes.MD5' }] },
  'github-username': {
    category: 'Social network',
    values: [{ path: 'user-account:account_login' }],
    constants: [{ path: 'user-account:account_type', value: 'github', isCompared: true }],
  },
  'ip-src': traffic('src', { withPort: false }),
  'ip-dst': traffic('dst', { withPort: false }),
  'ip-src|port': traffic('src', { withPort: true }),
  'ip-dst|port': traffic('dst', { withPort: true }),
  'http-method': {
    ...simple(network, "network-traffic:extensions.'http-request-ext'.request_method"),
    patternOnly: true,
  },
  'user-agent': {
    ...simple(network, "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"),
    patternOnly: true,
  },
  port: { ...simple(network, 'network-traffic:dst_port', 'integer'), patternOnly: true },
  'size-in-bytes': { ...simple('Other', 'file:size', 'integer'), patternOnly: true },
  link: simple('External analysis', 'url:value'),
  uri: simple(network, 'url:value'),
  url: simple(network, 'url:value'),
  'mac-address': simple(delivery, 'mac-addr:value', 'mac'),
  mutex: simple('Artifacts dropped', 'mutex:name'),
  regkey: simple('Persistence mechanism', 'windows-registry-key:key', 'registry-key'),
  'regkey|value': {
    category: 'Persistence mechanism',
    values: [
      { path: 'windows-registry-key:key', as: 'registry-key' },
      { path: 'windows-registry-key:values[0].data', inPattern: 'windows-registry-key:values[*].data' },
    ],
  },
  'x509-fingerprint-md5': certificate('MD5'),
  'x509-fingerprint-sha1': certificate("'SHA-1'"),
  'x509-fingerprint-sha256': certificate("'SHA-256'"),
}

/** Rules in languages of their own, with the categories that attributes of them have. */
export const ruleLanguages: Readonly<Record<string, string>> = {
  sigma: 'Artifacts dropped',
  snort: network,
  suricata: network,
  yara: 'Payload installation',
}
