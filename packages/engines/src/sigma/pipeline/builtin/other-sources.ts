/** Rules in the names of Auditbeat and Filebeat. */
const linuxAuditd = `name: linux-auditd
priority: 10
transformations:
  - type: field_name_prefix_mapping
    mapping:
      auditd.data.: ''
      auditd.log.: ''
  - type: field_name_mapping
    mapping:
      event.action: type
      auditd.message_type: type
      process.executable: exe
      process.name: comm
      process.title: proctitle
      process.working_directory: cwd
      process.pid: pid
      process.parent.pid: ppid
      file.path: name
      user.id: uid
      user.effective.id: euid
    rule_conditions: [{type: logsource, service: auditd}]
  - type: field_name_mapping
    mapping:
      process.executable: Image
      process.command_line: CommandLine
      process.working_directory: CurrentDirectory
      process.parent.executable: ParentImage
      process.parent.command_line: ParentCommandLine
      user.name: User
      file.path: TargetFilename
    rule_conditions: [{type: logsource, service: auditd}]
    rule_cond_not: true
`

/** Rules in the names of Filebeat's and Corelight's Zeek data. */
const zeek = `name: zeek
priority: 10
transformations:
  - type: field_name_prefix_mapping
    mapping:
${[
  'conn',
  'dns',
  'http',
  'ssl',
  'x509',
  'files',
  'smb_files',
  'smb_mapping',
  'dce_rpc',
  'kerberos',
  'ntlm',
  'rdp',
  'ssh',
  'smtp',
  'notice',
  'weird',
]
  .map((log) => `      zeek.${log}.: ''`)
  .join('\n')}
  - type: field_name_mapping
    mapping:
      zeek.session_id: uid
      source.ip: id.orig_h
      source.port: id.orig_p
      destination.ip: id.resp_h
      destination.port: id.resp_p
      dns.question.name: query
      dns.answers.data: answers
      url.original: uri
      url.domain: host
      user_agent.original: user_agent
      http.request.method: method
      http.response.status_code: status_code
      tls.client.server_name: server_name
      id_orig_h: id.orig_h
      id_orig_p: id.orig_p
      id_resp_h: id.resp_h
      id_resp_p: id.resp_p
`

const suricata = `name: suricata
priority: 10
transformations:
  - type: field_name_prefix_mapping
    mapping:
      suricata.eve.: ''
  - type: field_name_mapping
    mapping:
      source.ip: src_ip
      source.port: src_port
      destination.ip: dest_ip
      destination.port: dest_port
      network.transport: proto
      rule.name: alert.signature
      rule.id: alert.signature_id
      rule.category: alert.category
      dns.question.name: dns.rrname
      url.domain: http.hostname
      url.original: http.url
      user_agent.original: http.http_user_agent
      http.request.method: http.http_method
      http.response.status_code: http.status
      tls.client.server_name: tls.sni
`

/** Rules in the names of web proxies' ECS data. */
const proxy = `name: proxy
priority: 10
transformations:
  - type: field_name_mapping
    mapping:
      url.original: c-uri
      url.full: c-uri
      url.domain: cs-host
      url.path: cs-uri-stem
      url.query: c-uri-query
      url.extension: c-uri-extension
      user_agent.original: c-useragent
      http.request.method: cs-method
      http.request.referrer: cs-referer
      http.response.status_code: sc-status
      source.ip: c-ip
      destination.ip: r-ip
      user.name: cs-username
`

const web = `name: web
priority: 10
transformations:
  - type: field_name_mapping
    mapping:
      url.original: cs-uri
      url.path: cs-uri-stem
      url.query: cs-uri-query
      url.domain: cs-host
      user_agent.original: cs-user-agent
      http.request.method: cs-method
      http.request.referrer: cs-referer
      http.response.status_code: sc-status
      http.response.body.bytes: sc-bytes
      source.ip: c-ip
      client.ip: c-ip
      source.address: c-ip
      user.name: cs-username
      nginx.access.user_agent: cs-user-agent
      apache.access.user_agent: cs-user-agent
`

const awsCloudtrail = `name: aws-cloudtrail
priority: 10
transformations:
  - type: field_name_mapping
    mapping:
      event.action: eventName
      event.provider: eventSource
      cloud.region: awsRegion
      cloud.account.id: recipientAccountId
      source.ip: sourceIPAddress
      source.address: sourceIPAddress
      user_agent.original: userAgent
      user.name: userIdentity.userName
      user.id: userIdentity.principalId
      aws.cloudtrail.event_type: eventType
      aws.cloudtrail.error_code: errorCode
      aws.cloudtrail.error_message: errorMessage
      aws.cloudtrail.user_identity.type: userIdentity.type
      aws.cloudtrail.user_identity.arn: userIdentity.arn
      aws.cloudtrail.user_identity.invoked_by: userIdentity.invokedBy
      aws.cloudtrail.user_identity.session_context.session_issuer.type: userIdentity.sessionContext.sessionIssuer.type
      aws.cloudtrail.console_login.additional_eventdata.mfa_used: additionalEventData.MFAUsed
      aws.cloudtrail.read_only: readOnly
  - type: field_name_prefix_mapping
    mapping:
      aws.cloudtrail.flattened.request_parameters.: requestParameters.
      aws.cloudtrail.flattened.response_elements.: responseElements.
      aws.cloudtrail.flattened.additional_eventdata.: additionalEventData.
`

const azure = `name: azure
priority: 10
transformations:
  - type: field_name_mapping
    mapping:
      azure.activitylogs.operation_name: operationName
      azure.auditlogs.operation_name: operationName
      azure.signinlogs.operation_name: operationName
      azure.activitylogs.category: category
      azure.auditlogs.category: category
      azure.activitylogs.result_type: resultType
      azure.signinlogs.result_type: resultType
      azure.signinlogs.result_description: resultDescription
      azure.signinlogs.properties.user_principal_name: properties.userPrincipalName
      azure.signinlogs.properties.app_display_name: properties.appDisplayName
      azure.signinlogs.properties.conditional_access_status: conditionalAccessStatus
      azure.signinlogs.properties.authentication_requirement: AuthenticationRequirement
      azure.signinlogs.properties.risk_state: RiskState
      azure.auditlogs.properties.activity_display_name: properties.message
      azure.resource.id: resourceId
      source.ip: callerIpAddress
      user_agent.original: userAgent
  - type: field_name_prefix_mapping
    mapping:
      azure.activitylogs.: ''
      azure.auditlogs.: ''
      azure.signinlogs.: ''
`

const okta = `name: okta
priority: 10
transformations:
  - type: field_name_mapping
    mapping:
      event.action: eventType
      okta.event_type: eventType
      okta.display_message: displayMessage
      okta.actor.alternate_id: actor.alternateId
      okta.actor.display_name: actor.displayName
      okta.actor.id: actor.id
      okta.actor.type: actor.type
      okta.target.alternate_id: target.alternateId
      okta.target.display_name: target.displayName
      okta.target.type: target.type
      okta.outcome.result: outcome.result
      okta.outcome.reason: outcome.reason
      okta.client.ip: client.ipAddress
      okta.client.user_agent.raw_user_agent: client.userAgent.rawUserAgent
      okta.security_context.is_proxy: securityContext.isProxy
      okta.debug_context.debug_data.request_uri: debugContext.debugData.requestUri
      source.ip: client.ipAddress
      user_agent.original: client.userAgent.rawUserAgent
`

export const otherPipelines: Readonly<Record<string, string>> = {
  'linux-auditd': linuxAuditd,
  zeek,
  suricata,
  'aws-cloudtrail': awsCloudtrail,
  azure,
  okta,
  proxy,
  web,
}
