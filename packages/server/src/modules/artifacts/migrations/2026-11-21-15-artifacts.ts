import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createArtifacts: Migration = {
  name: '2026-11-21-15-artifacts',
  async up(db) {
    await sql`
      CREATE TABLE artifact (
        sha256 text PRIMARY KEY,
        md5 text NOT NULL,
        sha1 text NOT NULL,
        size_bytes bigint NOT NULL,
        name text NOT NULL,
        type text NOT NULL,
        type_title text NOT NULL,
        facts jsonb,
        source text NOT NULL,
        tlp text NOT NULL,
        labels jsonb NOT NULL,
        note text NOT NULL,
        is_member boolean NOT NULL,
        uploaded_by text NOT NULL,
        created_ms bigint NOT NULL,
        scan_state text NOT NULL,
        scanned_ms bigint,
        scan_error text,
        match_count integer NOT NULL DEFAULT 0
      )`.execute(db)
    await sql`CREATE INDEX artifact_by_time ON artifact (created_ms DESC, sha256 DESC)`.execute(db)
    await sql`CREATE INDEX artifact_by_md5 ON artifact (md5)`.execute(db)
    await sql`CREATE INDEX artifact_by_sha1 ON artifact (sha1)`.execute(db)
    await sql`
      CREATE TABLE artifact_member (
        parent text NOT NULL REFERENCES artifact (sha256) ON DELETE CASCADE,
        child text NOT NULL REFERENCES artifact (sha256) ON DELETE CASCADE,
        path text NOT NULL,
        PRIMARY KEY (parent, child, path)
      )`.execute(db)
    await sql`CREATE INDEX artifact_member_by_child ON artifact_member (child)`.execute(db)
    await sql`
      CREATE TABLE yara_set (
        id text PRIMARY KEY,
        name text NOT NULL UNIQUE,
        enabled boolean NOT NULL,
        version integer NOT NULL,
        files integer NOT NULL,
        rules integer NOT NULL,
        refused integer NOT NULL,
        diagnostics jsonb NOT NULL,
        updated_ms bigint NOT NULL,
        updated_by text NOT NULL
      )`.execute(db)
    await sql`
      CREATE TABLE yara_set_version (
        set_id text NOT NULL REFERENCES yara_set (id) ON DELETE CASCADE,
        version integer NOT NULL,
        files integer NOT NULL,
        rules integer NOT NULL,
        created_ms bigint NOT NULL,
        actor_name text NOT NULL,
        PRIMARY KEY (set_id, version)
      )`.execute(db)
    await sql`
      CREATE TABLE yara_file (
        set_id text NOT NULL,
        version integer NOT NULL,
        path text NOT NULL,
        text text NOT NULL,
        PRIMARY KEY (set_id, version, path),
        FOREIGN KEY (set_id, version) REFERENCES yara_set_version (set_id, version) ON DELETE CASCADE
      )`.execute(db)
    await sql`CREATE TABLE yara_revision (singleton integer PRIMARY KEY CHECK (singleton = 1), revision integer NOT NULL)`.execute(
      db,
    )
    await sql`INSERT INTO yara_revision VALUES (1, 0)`.execute(db)
    await sql`
      CREATE TABLE artifact_match (
        sha256 text NOT NULL REFERENCES artifact (sha256) ON DELETE CASCADE,
        set_id text NOT NULL REFERENCES yara_set (id) ON DELETE CASCADE,
        file text NOT NULL,
        rule text NOT NULL,
        tags jsonb NOT NULL,
        meta jsonb NOT NULL,
        strings jsonb NOT NULL,
        strings_found integer NOT NULL,
        PRIMARY KEY (sha256, set_id, file, rule)
      )`.execute(db)
  },
}
