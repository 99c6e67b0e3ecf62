/** What stands in the examples where the reader's own key goes. */
export const keyPlaceholder = 'WATCHFLOOR_API_KEY'

export type Shipper = 'curl' | 'filebeat' | 'fluentbit' | 'vector' | 'cli'
export const shippers: readonly Shipper[] = ['curl', 'filebeat', 'fluentbit', 'vector', 'cli']

/**
 * Lines to paste into a shipper.
 * @param origin where Watchfloor answers, e.g. `https://watchfloor.example.org`
 */
export function shipperExample(shipper: Shipper, origin: string, source: string): string {
  const url = new URL(origin)
  const tls = url.protocol === 'https:'
  const port = url.port || (tls ? '443' : '80')
  const named = encodeURIComponent(source)
  switch (shipper) {
    case 'curl':
      return `curl -sS "${origin}/api/v1/events?source=${named}" \\
  -H "authorization: Bearer $${keyPlaceholder}" \\
  -H "content-type: application/x-ndjson" \\
  --data-binary @events.ndjson`
    case 'filebeat':
      return `# filebeat.yml
filebeat.inputs:
  - type: filestream
    id: ${slug(source)}
    paths: ["/var/log/*.log"]
setup.ilm.enabled: false
setup.template.enabled: false
output.elasticsearch:
  hosts: ["${origin}"]
  path: "/intake/elastic"
  index: "${slug(source)}"
  allow_older_versions: true
  headers:
    Authorization: "Bearer \${${keyPlaceholder}}"`
    case 'fluentbit':
      return `# fluent-bit.yaml
pipeline:
  inputs:
    - name: tail
      path: /var/log/*.log
  outputs:
    - name: http
      match: "*"
      host: ${url.hostname}
      port: ${port}
      tls: ${tls ? 'on' : 'off'}
      uri: /api/v1/events?source=${named}
      format: json_lines
      json_date_key: "@timestamp"
      json_date_format: iso8601
      compress: gzip
      header:
        - Authorization Bearer \${${keyPlaceholder}}`
    case 'vector':
      return `# vector.yaml
sources:
  logs:
    type: file
    include: ["/var/log/*.log"]
sinks:
  watchfloor:
    type: http
    inputs: [logs]
    uri: "${origin}/api/v1/events?source=${named}"
    method: post
    compression: gzip
    encoding: { codec: json }
    framing: { method: newline_delimited }
    auth: { strategy: bearer, token: "\${${keyPlaceholder}}" }`
    case 'cli':
      return `watchfloor ingest --source "${source}" ./logs`
  }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'logs'
