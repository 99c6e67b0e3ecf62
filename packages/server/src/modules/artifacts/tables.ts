import type { Artifact, FileFacts, YaraDiagnostic, YaraMatch } from '@watchfloor/contracts/artifacts'
import { type Db, withTables } from '../../platform/sql/sql.ts'

export interface ArtifactRow {
  sha256: string
  md5: string
  sha1: string
  size_bytes: number
  name: string
  type: string
  type_title: string
  /** Null until somebody looked into it. */
  facts: FileFacts | null
  source: string
  tlp: Artifact['tlp']
  labels: readonly string[]
  note: string
  is_member: boolean
  uploaded_by: string
  created_ms: number
  scan_state: Artifact['scan']['state']
  scanned_ms: number | null
  scan_error: string | null
  match_count: number
}

export interface MatchRow {
  sha256: string
  set_id: string
  file: string
  rule: string
  tags: readonly string[]
  meta: YaraMatch['meta']
  strings: YaraMatch['strings']
  strings_found: number
  /** Somebody above was told of it. */
  told: boolean
}

/** Of a rule, of a file, or of a rule on a file. */
export interface ExceptionRow {
  id: string
  set_id: string | null
  rule: string | null
  sha256: string | null
  reason: string
  created_ms: number
  created_by: string
}

export interface YaraSetRow {
  id: string
  name: string
  enabled: boolean
  /** False: nobody is told of its matches. */
  alerts: boolean
  version: number
  files: number
  rules: number
  refused: number
  diagnostics: readonly YaraDiagnostic[]
  updated_ms: number
  updated_by: string
}

export interface YaraVersionRow {
  set_id: string
  version: number
  files: number
  rules: number
  created_ms: number
  actor_name: string
}

/** The tables of this module; only its stores name them. */
export interface ArtifactTables {
  artifact: ArtifactRow
  artifact_member: { parent: string; child: string; path: string }
  artifact_match: MatchRow
  yara_set: YaraSetRow
  yara_set_version: YaraVersionRow
  yara_file: { set_id: string; version: number; path: string; text: string }
  yara_exception: ExceptionRow
  /** What the rules are, up to which revision everything was scanned, and how far the scan for the next has come. */
  yara_revision: { singleton: number; revision: number; scanned: number; scanning: number; scanned_up_to: string }
}

export const tables = (db: Db) => withTables<ArtifactTables>(db)
