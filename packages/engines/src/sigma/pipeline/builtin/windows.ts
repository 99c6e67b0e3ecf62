/** Rules that name the members of the event as XML has them, as many tools export it. */
const windowsEvtx = `name: windows-evtx
priority: 10
transformations:
  - type: field_name_prefix_mapping
    mapping:
      Event.EventData.Data.: ''
      Event.EventData.: ''
      Event.UserData.: ''
  - type: field_name_mapping
    mapping:
      Event.System.EventID: EventID
      Event.System.EventID.Value: EventID
      Event.System.Channel: Channel
      Event.System.Computer: Computer
      Event.System.Level: Level
      Event.System.Task: Task
      Event.System.Opcode: Opcode
      Event.System.Keywords: Keywords
      Event.System.EventRecordID: EventRecordID
      Event.System.Provider.Name: Provider_Name
      Event.System.Provider.Guid: Provider_Guid
      Event.System.Security.UserID: UserID
      Event.System.Execution.ProcessID: ExecutionProcessID
      Event.System.Execution.ThreadID: ThreadID
`

/** Rules in the names of Winlogbeat and Elastic Agent: those of the event itself, and ECS names where the log source says what they mean. */
const winlogbeat = `name: winlogbeat
priority: 10
transformations:
  - type: field_name_prefix_mapping
    mapping:
      winlog.event_data.: ''
      winlog.user_data.: ''
      event_data.: ''
  - type: field_name_mapping
    mapping:
      winlog.event_id: EventID
      event.code: EventID
      event_id: EventID
      winlog.channel: Channel
      log_name: Channel
      winlog.provider_name: Provider_Name
      event.provider: Provider_Name
      source_name: Provider_Name
      winlog.computer_name: Computer
      computer_name: Computer
      host.name: Computer
      winlog.opcode: Opcode
      winlog.task: Task
      winlog.keywords: Keywords
      winlog.logon.type: LogonType
  - type: field_name_mapping
    mapping:
      process.executable: Image
      process.command_line: CommandLine
      process.working_directory: CurrentDirectory
      process.pid: ProcessId
      process.entity_id: ProcessGuid
      process.pe.original_file_name: OriginalFileName
      process.pe.description: Description
      process.pe.product: Product
      process.pe.company: Company
      process.pe.file_version: FileVersion
      process.parent.executable: ParentImage
      process.parent.command_line: ParentCommandLine
      process.parent.pid: ParentProcessId
      process.hash.md5: md5
      process.hash.sha1: sha1
      process.hash.sha256: sha256
      file.path: TargetFilename
      dll.path: ImageLoaded
      registry.path: TargetObject
      registry.data.strings: Details
      source.ip: SourceIp
      source.port: SourcePort
      destination.ip: DestinationIp
      destination.port: DestinationPort
      destination.domain: DestinationHostname
      dns.question.name: QueryName
      user.name: User
    rule_conditions:
      security: {type: logsource, service: security}
    rule_cond_expr: not security
  - type: field_name_mapping
    mapping:
      source.ip: IpAddress
      source.port: IpPort
      source.domain: WorkstationName
      user.name: [TargetUserName, SubjectUserName]
      process.executable: [NewProcessName, ProcessName]
      process.command_line: CommandLine
      process.parent.executable: ParentProcessName
      service.name: ServiceName
    rule_conditions: [{type: logsource, service: security}]
`

const nxlog = `name: nxlog
priority: 10
transformations:
  - type: field_name_mapping
    mapping:
      SourceName: Provider_Name
      ProviderName: Provider_Name
      Hostname: Computer
      RecordNumber: EventRecordID
      RecordID: EventRecordID
      ProcessID: ExecutionProcessID
      OpcodeValue: Opcode
      TaskValue: Task
      LevelValue: Level
`

/** Rules in the names of tools that put the names of the levels in front, joined by a dot, a colon or an underscore. */
const windowsFlat = `name: windows-flat
priority: 10
transformations:
  - type: field_name_prefix_mapping
    mapping:
      EventData.: ''
      EventData_: ''
      UserData.: ''
      UserData_: ''
      System.: ''
      System_: ''
      event_data_: ''
      winlog_event_data_: ''
  - type: field_name_mapping
    mapping:
      EventCode: EventID
      EventId: EventID
      winlog_event_id: EventID
      ComputerName: Computer
      winlog_computer_name: Computer
      SourceName: Provider_Name
      Provider: Provider_Name
      Provider.Name: Provider_Name
      winlog_provider_name: Provider_Name
      LogName: Channel
      winlog_channel: Channel
      RecordNumber: EventRecordID
`

interface SysmonCategory {
  readonly category: string
  readonly ids: readonly number[]
}

const sysmonCategories: readonly SysmonCategory[] = [
  { category: 'process_creation', ids: [1] },
  { category: 'file_change', ids: [2] },
  { category: 'network_connection', ids: [3] },
  { category: 'sysmon_status', ids: [4, 16] },
  { category: 'process_termination', ids: [5] },
  { category: 'driver_load', ids: [6] },
  { category: 'image_load', ids: [7] },
  { category: 'create_remote_thread', ids: [8] },
  { category: 'raw_access_thread', ids: [9] },
  { category: 'process_access', ids: [10] },
  { category: 'file_event', ids: [11] },
  { category: 'registry_add', ids: [12] },
  { category: 'registry_delete', ids: [12] },
  { category: 'registry_set', ids: [13] },
  { category: 'registry_rename', ids: [14] },
  { category: 'registry_event', ids: [12, 13, 14] },
  { category: 'create_stream_hash', ids: [15] },
  { category: 'pipe_created', ids: [17, 18] },
  { category: 'wmi_event', ids: [19, 20, 21] },
  { category: 'dns_query', ids: [22] },
  { category: 'file_delete', ids: [23, 26] },
  { category: 'clipboard_capture', ids: [24] },
  { category: 'process_tampering', ids: [25] },
  { category: 'file_block_executable', ids: [27] },
  { category: 'file_block_shredding', ids: [28] },
  { category: 'file_executable_detected', ids: [29] },
  { category: 'sysmon_error', ids: [255] },
]

/** Rules of a category on the events of Sysmon alone, whatever else logs the same. */
const onSysmon = (name: string, product: string, categories: readonly SysmonCategory[]): string =>
  `name: ${name}\npriority: 10\ntransformations:\n${categories
    .map(
      ({ category, ids }) => `  - type: nest
    rule_conditions: [{type: logsource, product: ${product}, category: ${category}}]
    items:
      - {type: add_condition, name: ${name}, conditions: {EventID: [${ids.join(', ')}]}}
      - {type: change_logsource, product: ${product}, service: sysmon}
`,
    )
    .join('')}`

const linuxCategories: ReadonlySet<string> = new Set([
  'process_creation',
  'network_connection',
  'process_termination',
  'raw_access_thread',
  'file_event',
  'file_delete',
])

export const windowsPipelines: Readonly<Record<string, string>> = {
  'windows-evtx': windowsEvtx,
  winlogbeat,
  nxlog,
  'windows-flat': windowsFlat,
  sysmon: onSysmon('sysmon', 'windows', sysmonCategories),
  'linux-sysmon': onSysmon(
    'linux-sysmon',
    'linux',
    sysmonCategories.filter(({ category }) => linuxCategories.has(category)),
  ),
}
