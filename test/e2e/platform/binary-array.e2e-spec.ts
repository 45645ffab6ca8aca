import fc from 'fast-check';
import { Client } from 'pg';
import { jsonProblem, textProblem, type JsonValue } from '#kernel';
import { bytesArray, fixedArray, OID, textArray, writeTimestamp } from '#platform/database';
import { createTestDatabase, type TestDatabase } from '#testing';

describe('arrays in binary', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** What PostgreSQL has read, in its own words. */
  async function readBack(type: string, array: Buffer): Promise<(string | null)[]> {
    const { rows } = await client.query<{ item: string | null }>(
      `SELECT item::text FROM unnest($1::${type}[]) WITH ORDINALITY AS t (item, position) ORDER BY position`,
      [array],
    );
    return rows.map(({ item }) => item);
  }

  it.each([
    ['int2', () => fixedArray<number>(OID.int2, 2, [], () => undefined)],
    ['text', () => textArray<string>(OID.text, [], (text) => text)],
    ['bytea', () => bytesArray([])],
  ])('may be empty: %s', async (type, array) => {
    expect(await readBack(type, array())).toEqual([]);
  });

  it('hold numbers exactly, and gaps', async () => {
    const numbers = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })));
    await fc.assert(
      fc.asyncProperty(numbers, async (items) => {
        const array = fixedArray(OID.float8, 8, items, (buffer, at, item) => {
          if (item === null) return false;
          buffer.writeDoubleBE(item, at);
          return true;
        });
        expect((await readBack('float8', array)).map((item) => item && Number(item))).toEqual(
          items.map((item) => (item === null ? null : item)),
        );
      }),
    );
  });

  it('hold bytes of any kind, and gaps', async () => {
    const bytes = fc.array(fc.option(fc.uint8Array({ maxLength: 1_000 }).map((item) => Buffer.from(item))));
    await fc.assert(
      fc.asyncProperty(bytes, async (items) => {
        const written = items.map((item) => item && `\\x${item.toString('hex')}`);
        expect(await readBack('bytea', bytesArray(items))).toEqual(written);
      }),
    );
  });

  it('hold whatever text is not refused before', async () => {
    const texts = fc.array(fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))));
    await fc.assert(
      fc.asyncProperty(texts, async (all) => {
        const items = all.filter((text) => text === null || textProblem(text) === undefined);
        expect(
          await readBack(
            'text',
            textArray(OID.text, items, (text) => text),
          ),
        ).toEqual(items);
      }),
    );
  });

  it('hold whatever JSON is not refused before, as it was written', async () => {
    const documents = fc.array(fc.jsonValue({ noUnicodeString: false, maxDepth: 8 }));
    await fc.assert(
      fc.asyncProperty(documents, async (all) => {
        const items = all.filter((document) => jsonProblem(document) === undefined) as JsonValue[];
        const written = items.map((document) => JSON.stringify(document));
        expect(
          await readBack(
            'json',
            textArray(OID.json, written, (text) => text),
          ),
        ).toEqual(written);
        // What is read by field later must not fail then.
        await client.query('SELECT item::jsonb FROM unnest($1::json[]) AS item', [
          textArray(OID.json, written, (text) => text),
        ]);
      }),
    );
  });

  it('hold every millisecond from the year 1 to the year 9999', async () => {
    const [first, last] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];
    const times = fc.array(fc.integer({ min: first, max: last }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(times, async (items) => {
        const all = [first, last, 0, -1, 946_684_799_999, 946_684_800_000, ...items];
        const array = fixedArray(OID.timestamptz, 8, all, (buffer, at, item) => writeTimestamp(buffer, at, item));
        const { rows } = await client.query<{ ms: string }>(
          `SELECT (extract(epoch FROM item) * 1000)::text AS ms FROM unnest($1::timestamptz[]) WITH ORDINALITY AS t (item, position)
           ORDER BY position`,
          [array],
        );
        expect(rows.map(({ ms }) => ms)).toEqual(all.map((item) => `${item}.000000`));
      }),
    );
  });

  it('hold ids', async () => {
    const ids = ['0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d', '00000000-0000-0000-0000-000000000000'];
    const array = fixedArray(OID.uuid, 16, ids, (buffer, at, id) => {
      buffer.write(id.replaceAll('-', ''), at, 'hex');
    });
    expect(await readBack('uuid', array)).toEqual(ids);
  });
});
