import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createAuditTables: Migration = {
  name: '2026-11-21-00-audit',
  async up(db) {
    await sql`
      CREATE TABLE audit_record (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        at_ms bigint NOT NULL,
        actor_kind text NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        action text NOT NULL,
        object_type text NOT NULL,
        object_id text NOT NULL,
        object_title text,
        before text,
        after text,
        reason text,
        count integer,
        ip text,
        user_agent text,
        request_id text,
        number bigint UNIQUE,
        hash text
      )`.execute(db)
    await sql`CREATE INDEX audit_record_unsealed ON audit_record (xid, id) WHERE number IS NULL`.execute(db)
    await sql`CREATE INDEX audit_record_at ON audit_record (at_ms)`.execute(db)
    await sql`CREATE INDEX audit_record_actor ON audit_record (actor_id, id)`.execute(db)
    await sql`CREATE INDEX audit_record_action ON audit_record (action text_pattern_ops, id)`.execute(db)
    await sql`CREATE INDEX audit_record_object ON audit_record (object_type, object_id, id)`.execute(db)
    await sql`
      CREATE TABLE audit_anchor (
        number bigint PRIMARY KEY,
        hash text NOT NULL,
        previous_anchor bigint NOT NULL,
        at_ms bigint NOT NULL,
        signature text NOT NULL
      )`.execute(db)
    await sql`
      CREATE TABLE audit_head (
        singleton smallint PRIMARY KEY DEFAULT 1 CHECK (singleton = 1),
        number bigint NOT NULL,
        hash text NOT NULL,
        last_anchor bigint NOT NULL,
        last_anchor_ms bigint NOT NULL,
        signature text NOT NULL
      )`.execute(db)
    await sql`
      CREATE TABLE audit_key (
        singleton smallint PRIMARY KEY DEFAULT 1 CHECK (singleton = 1),
        sealed text NOT NULL
      )`.execute(db)
    await sql`
      CREATE FUNCTION audit_record_guard() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' AND NEW.number IS NULL AND NEW.hash IS NULL THEN
          RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' THEN
          IF OLD.number IS NULL AND NEW.number IS NOT NULL AND NEW.hash IS NOT NULL
             AND to_jsonb(NEW) - ARRAY['number', 'hash'] = to_jsonb(OLD) - ARRAY['number', 'hash'] THEN
            RETURN NEW;
          END IF;
        END IF;
        RAISE EXCEPTION 'audit records are written once: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`.execute(db)
    await sql`
      CREATE TRIGGER audit_record_guard BEFORE INSERT OR UPDATE OR DELETE ON audit_record
      FOR EACH ROW EXECUTE FUNCTION audit_record_guard()`.execute(db)
    await sql`
      CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is written once: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`.execute(db)
    for (const table of ['audit_record', 'audit_anchor', 'audit_head', 'audit_key'])
      await sql`
        CREATE TRIGGER ${sql.ref(`${table}_truncate`)} BEFORE TRUNCATE ON ${sql.table(table)}
        EXECUTE FUNCTION audit_refuse()`.execute(db)
    await sql`
      CREATE TRIGGER audit_anchor_guard BEFORE UPDATE OR DELETE ON audit_anchor
      FOR EACH ROW EXECUTE FUNCTION audit_refuse()`.execute(db)
    await sql`
      CREATE TRIGGER audit_head_guard BEFORE DELETE ON audit_head
      FOR EACH ROW EXECUTE FUNCTION audit_refuse()`.execute(db)
  },
}
