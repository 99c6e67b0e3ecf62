import {
  boolean,
  closed,
  dictionary,
  float,
  hashes,
  integer,
  list,
  open,
  type PropertyKind,
  ref,
  refs,
  type StructDefinition,
  some,
  struct,
  structOf,
  text,
} from './property.ts'

const hex = text('hex')
const count = integer(0)
const any = integer()

/** An extension of which at least one property must be present. */
const oneOrMore = (
  name: string,
  properties: Readonly<Record<string, PropertyKind>>,
  required: readonly string[] = [],
): StructDefinition => struct(name, properties, { required, rules: [some(...Object.keys(properties))] })

const alternateDataStream = struct(
  'alternate data stream',
  { name: text(), hashes, size: count },
  { required: ['name'] },
)

const optionalHeaderProperties: Readonly<Record<string, PropertyKind>> = {
  magic_hex: hex,
  major_linker_version: any,
  minor_linker_version: any,
  size_of_code: count,
  size_of_initialized_data: count,
  size_of_uninitialized_data: count,
  address_of_entry_point: any,
  base_of_code: any,
  base_of_data: any,
  image_base: any,
  section_alignment: any,
  file_alignment: any,
  major_os_version: any,
  minor_os_version: any,
  major_image_version: any,
  minor_image_version: any,
  major_subsystem_version: any,
  minor_subsystem_version: any,
  win32_version_value_hex: hex,
  size_of_image: count,
  size_of_headers: count,
  checksum_hex: hex,
  subsystem_hex: hex,
  dll_characteristics_hex: hex,
  size_of_stack_reserve: count,
  size_of_stack_commit: count,
  size_of_heap_reserve: count,
  size_of_heap_commit: count,
  loader_flags_hex: hex,
  number_of_rva_and_sizes: any,
  hashes,
}
const optionalHeader = struct('optional header', optionalHeaderProperties, {
  closed: true,
  rules: [some(...Object.keys(optionalHeaderProperties))],
})

const section = struct('section', { name: text(), size: count, entropy: float(), hashes }, { required: ['name'] })

/** @source STIX 2.1 section 6.7 */
export const fileExtensions: Readonly<Record<string, StructDefinition>> = {
  'archive-ext': struct(
    'archive-ext',
    { contains_refs: refs('file', 'directory'), comment: text() },
    { required: ['contains_refs'] },
  ),
  'ntfs-ext': oneOrMore('ntfs-ext', { sid: text(), alternate_data_streams: list(structOf(alternateDataStream)) }),
  'pdf-ext': oneOrMore('pdf-ext', {
    version: text(),
    is_optimized: boolean,
    document_info_dict: dictionary(text()),
    pdfid0: text(),
    pdfid1: text(),
  }),
  'raster-image-ext': oneOrMore('raster-image-ext', {
    image_height: any,
    image_width: any,
    bits_per_pixel: any,
    exif_tags: dictionary({ kind: 'either', first: text(), second: any }, 'exif'),
  }),
  'windows-pebinary-ext': struct(
    'windows-pebinary-ext',
    {
      pe_type: open('windows-pebinary-type-ov'),
      imphash: text(),
      machine_hex: hex,
      number_of_sections: count,
      time_date_stamp: { kind: 'timestamp', precision: 'whole-seconds' },
      pointer_to_symbol_table_hex: hex,
      number_of_symbols: count,
      size_of_optional_header: count,
      characteristics_hex: hex,
      file_header_hashes: hashes,
      optional_header: structOf(optionalHeader),
      sections: list(structOf(section)),
    },
    {
      required: ['pe_type'],
      rules: [
        some(
          'imphash',
          'machine_hex',
          'number_of_sections',
          'time_date_stamp',
          'pointer_to_symbol_table_hex',
          'number_of_symbols',
          'size_of_optional_header',
          'characteristics_hex',
          'file_header_hashes',
          'optional_header',
          'sections',
        ),
      ],
    },
  ),
}

/** @source STIX 2.1 section 6.12 */
export const networkTrafficExtensions: Readonly<Record<string, StructDefinition>> = {
  'http-request-ext': struct(
    'http-request-ext',
    {
      request_method: text(),
      request_value: text(),
      request_version: text(),
      request_header: dictionary(list(text())),
      message_body_length: any,
      message_body_data_ref: ref('artifact'),
    },
    { required: ['request_method', 'request_value'] },
  ),
  'icmp-ext': struct(
    'icmp-ext',
    { icmp_type_hex: hex, icmp_code_hex: hex },
    { required: ['icmp_type_hex', 'icmp_code_hex'] },
  ),
  'socket-ext': struct(
    'socket-ext',
    {
      address_family: closed('network-socket-address-family-enum'),
      is_blocking: boolean,
      is_listening: boolean,
      options: dictionary(any, 'socket-option'),
      socket_type: closed('network-socket-type-enum'),
      socket_descriptor: count,
      socket_handle: any,
    },
    { required: ['address_family'] },
  ),
  'tcp-ext': oneOrMore('tcp-ext', { src_flags_hex: hex, dst_flags_hex: hex }),
}

const nothing: PropertyKind = { kind: 'null' }
const startupInfoProperties: Readonly<Record<string, PropertyKind>> = {
  lpDesktop: text(),
  lpTitle: text(),
  dwFillAttribute: text(),
  dwFlags: text(),
  wShowWindow: text(),
  hStdInput: text(),
  hStdOutput: text(),
  hStdError: text(),
  lpReserved: nothing,
  lpReserved2: nothing,
  cb: any,
  dwX: any,
  dwY: any,
  dwXSize: any,
  dwYSize: any,
  dwXCountChars: any,
  dwYCountChars: any,
  cbReserved2: integer(0, 0),
}
const startupInfo = struct('startup info', startupInfoProperties, {
  closed: true,
  rules: [some(...Object.keys(startupInfoProperties))],
})

/** @source STIX 2.1 section 6.13 */
export const processExtensions: Readonly<Record<string, StructDefinition>> = {
  'windows-process-ext': oneOrMore('windows-process-ext', {
    aslr_enabled: boolean,
    dep_enabled: boolean,
    priority: text(),
    owner_sid: text(),
    window_title: text(),
    startup_info: structOf(startupInfo),
    integrity_level: closed('windows-integrity-level-enum'),
  }),
  'windows-service-ext': oneOrMore('windows-service-ext', {
    service_name: text(),
    descriptions: list(text()),
    display_name: text(),
    group_name: text(),
    start_type: closed('windows-service-start-type-enum'),
    service_dll_refs: refs('file'),
    service_type: closed('windows-service-type-enum'),
    service_status: closed('windows-service-status-enum'),
  }),
}

/** @source STIX 2.1 section 6.16 */
export const userAccountExtensions: Readonly<Record<string, StructDefinition>> = {
  'unix-account-ext': oneOrMore('unix-account-ext', {
    gid: any,
    groups: list(text()),
    home_dir: text(),
    shell: text(),
  }),
}
