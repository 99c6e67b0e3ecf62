import type { LogParser, ObjectParser, TextParser } from './parser.ts'
import { auditd } from './sources/auditd.ts'
import { azure } from './sources/azure.ts'
import { cef, leef } from './sources/cef.ts'
import { cloudtrail } from './sources/cloudtrail.ts'
import { ecsJson, genericJson } from './sources/generic-json.ts'
import { keyValue } from './sources/key-value.ts'
import { cisco, routerBgp } from './sources/network-devices.ts'
import { plainText } from './sources/plain.ts'
import { saasParsers } from './sources/saas.ts'
import { apacheError, applicationLog, nginxError } from './sources/server-errors.ts'
import { suricata } from './sources/suricata.ts'
import { syslog } from './sources/syslog/syslog.ts'
import { w3c } from './sources/w3c.ts'
import { squid, webAccess } from './sources/web-access.ts'
import { windowsEvtxJson } from './sources/windows/evtx.ts'
import { windowsFlat } from './sources/windows/flat.ts'
import { winlogbeat } from './sources/windows/winlogbeat.ts'
import { windowsEventXml } from './sources/windows/xml.ts'
import { zeek } from './sources/zeek.ts'

/** Every log source that is JSON, in the order in which they are asked: the particular before the general. */
export const objectParsers: readonly ObjectParser[] = [
  windowsEvtxJson,
  winlogbeat,
  windowsFlat,
  zeek,
  suricata,
  cloudtrail,
  azure,
  ...saasParsers,
  w3c,
  ecsJson,
  genericJson,
]

/** Every log source that is text. A syslog header was taken off before they are asked. */
export const textParsers: readonly TextParser[] = [
  auditd,
  cef,
  leef,
  windowsEventXml,
  webAccess,
  squid,
  apacheError,
  nginxError,
  cisco,
  routerBgp,
  keyValue,
  applicationLog,
]

const all: readonly LogParser[] = [...objectParsers, ...textParsers, syslog, plainText]
export const parserById: ReadonlyMap<string, LogParser> = new Map(all.map((parser) => [parser.id, parser]))
/** Names of all parsers, as they stand in events. */
export const parserIds: readonly string[] = all.map((parser) => parser.id)
