import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createIdentity: Migration = {
  name: '2026-11-21-02-identity',
  async up(db) {
    await sql`
      CREATE TABLE account (
        id text PRIMARY KEY,
        email text NOT NULL,
        email_key text NOT NULL UNIQUE,
        display_name text NOT NULL,
        state text NOT NULL CHECK (state IN ('active', 'disabled')),
        roles jsonb NOT NULL,
        password_hash text NOT NULL,
        must_change_password boolean NOT NULL,
        totp_sealed text,
        totp_pending text,
        totp_last_step bigint,
        preferences jsonb NOT NULL DEFAULT '{}',
        last_login_ms bigint,
        created_ms bigint NOT NULL,
        updated_ms bigint NOT NULL,
        version integer NOT NULL
      )`.execute(db)
    await sql`CREATE INDEX account_roles ON account USING gin (roles jsonb_path_ops)`.execute(db)
    await sql`
      CREATE TABLE account_session (
        id text PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('browser', 'token')),
        account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        token_hash text UNIQUE,
        created_ms bigint NOT NULL,
        authenticated_ms bigint NOT NULL,
        last_seen_ms bigint NOT NULL,
        expires_ms bigint NOT NULL,
        ip text NOT NULL,
        user_agent text NOT NULL
      )`.execute(db)
    await sql`CREATE INDEX account_session_account ON account_session (account_id)`.execute(db)
    await sql`CREATE INDEX account_session_expires ON account_session (expires_ms)`.execute(db)
    await sql`
      CREATE TABLE refresh_token (
        token_hash text PRIMARY KEY,
        session_id text NOT NULL REFERENCES account_session (id) ON DELETE CASCADE,
        issued_ms bigint NOT NULL,
        used_ms bigint
      )`.execute(db)
    await sql`CREATE INDEX refresh_token_session ON refresh_token (session_id)`.execute(db)
    await sql`
      CREATE TABLE recovery_code (
        account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        code_hash text NOT NULL,
        PRIMARY KEY (account_id, code_hash)
      )`.execute(db)
    await sql`
      CREATE TABLE api_key (
        id text PRIMARY KEY,
        account_id text NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        name text NOT NULL,
        permissions jsonb NOT NULL,
        secret_hash text NOT NULL,
        created_ms bigint NOT NULL,
        expires_ms bigint,
        last_used_ms bigint,
        last_used_ip text,
        revoked_ms bigint
      )`.execute(db)
    await sql`CREATE INDEX api_key_account ON api_key (account_id)`.execute(db)
    await sql`CREATE INDEX api_key_newest ON api_key (created_ms DESC, id DESC)`.execute(db)
    await sql`
      CREATE TABLE login_attempt (
        subject_hash text PRIMARY KEY,
        failures integer NOT NULL,
        last_failure_ms bigint NOT NULL,
        locked_until_ms bigint NOT NULL
      )`.execute(db)
    await sql`
      CREATE TABLE setup_state (
        singleton smallint PRIMARY KEY DEFAULT 1 CHECK (singleton = 1),
        nonce text NOT NULL,
        completed_ms bigint
      )`.execute(db)
    await sql`INSERT INTO setup_state (nonce) VALUES (gen_random_uuid()::text)`.execute(db)
  },
}
