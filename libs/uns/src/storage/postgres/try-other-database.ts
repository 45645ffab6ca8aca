import { setTimeout as delay } from 'node:timers/promises';
import { asOwner, type DatabaseAccess } from '#platform/database';
import type { Check } from '#platform/mqtt';
import type { Client } from 'pg';
import type { OtherStorage } from '../storage-state';
import { accessOf } from './other-database';

const OLDEST_SERVER = 15;
/** For all of it. */
const TRY_MS = 15_000;

interface Facts {
  version: string;
  encoding: string;
  creates_roles: boolean;
  creates_tables: boolean;
  is_main: boolean;
  has_records: boolean;
  timescale: boolean;
}

/** Whether records could be kept there, without changing anything. */
export async function tryOtherDatabase(
  storage: OtherStorage,
  main: DatabaseAccess,
  installation: string,
): Promise<Check[]> {
  const begun = performance.now();
  const check = (name: string, ok: boolean, message: string): Check => ({
    name,
    ok,
    message,
    durationMs: Math.round(performance.now() - begun),
  });
  const look = asOwner(accessOf(storage, main), async (owner) => ({
    facts: await factsOf(owner),
    owner: await ownerOf(owner),
  }));
  const late = delay(TRY_MS, undefined, { ref: false }).then(() => {
    throw new Error(`It does not answer within ${TRY_MS / 1_000} s`);
  });
  try {
    const found = await Promise.race([look, late]);
    const problem = problemOf(storage, found.facts, found.owner, installation);
    const answers = check('connect', true, `PostgreSQL ${Math.floor(Number(found.facts.version) / 10_000)} answers`);
    return [answers, check('use', problem === undefined, problem ?? 'Records can be kept there')];
  } catch (error) {
    look.catch(() => undefined);
    return [check('connect', false, (error as Error).message || String((error as { code?: string }).code))];
  }
}

function problemOf(
  { kind }: OtherStorage,
  facts: Facts,
  owner: string | undefined,
  installation: string,
): string | undefined {
  if (Number(facts.version) < OLDEST_SERVER * 10_000) return `PostgreSQL ≥ ${OLDEST_SERVER} is needed`;
  if (facts.encoding !== 'UTF8') return `The database must be UTF8, it is ${facts.encoding}`;
  if (!facts.creates_roles) return 'Its role may not create roles; run ALTER ROLE <role> CREATEROLE as superuser';
  if (!facts.creates_tables) return 'Its role may not create tables in the schema public';
  if (facts.is_main) return 'It is the main database of an installation';
  if (owner === undefined && facts.has_records) return 'It has a table uns_records that is not ours';
  if (owner !== undefined && owner !== installation) return 'It holds the records of another installation';
  if (kind === 'timescale' && !facts.timescale) return 'The extension timescaledb is not available there';
  return undefined;
}

async function factsOf(owner: Client): Promise<Facts> {
  const { rows } = await owner.query<Facts>(`
    SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding,
           rolsuper OR rolcreaterole AS creates_roles,
           has_schema_privilege('public', 'CREATE') AS creates_tables,
           to_regclass('uns_topics') IS NOT NULL AS is_main, to_regclass('uns_records') IS NOT NULL AS has_records,
           EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') AS timescale
    FROM pg_roles WHERE rolname = current_user`);
  return rows[0]!;
}

/** The installation whose records it is for. */
async function ownerOf(owner: Client): Promise<string | undefined> {
  const { rows: known } = await owner.query<{ known: boolean }>(`SELECT to_regclass('uns_owner') IS NOT NULL AS known`);
  if (!known[0]!.known) return undefined;
  const { rows } = await owner.query<{ installation: string }>('SELECT installation FROM uns_owner');
  return rows[0]?.installation;
}
