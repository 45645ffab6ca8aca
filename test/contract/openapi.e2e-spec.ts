import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createTestDatabase, freePort } from '#testing';
import { expectCommitted } from './generated';

interface Operation {
  summary?: string;
  tags?: string[];
  operationId?: string;
  responses: Record<string, object>;
}

describe('the OpenAPI document', () => {
  let text: string;
  let operations: [address: string, operation: Operation][];

  beforeAll(async () => {
    const database = await createTestDatabase();
    try {
      text = execFileSync(process.execPath, [join(__dirname, 'print-openapi.cjs')], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        env: {
          DATABASE_URL: database.url,
          HUB_HTTP_PORT: String(await freePort()),
          HUB_SECRET_KEY: '5e'.repeat(32),
          LOG_LEVEL: 'fatal',
        },
      });
    } finally {
      await database.drop();
    }
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
    operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );
  }, 120_000);

  it('of the built application is the committed one (npm test -- --update-contract writes it)', () => {
    expectCommitted(join(__dirname, 'openapi.json'), () => inOneOrder(text));
  });

  it('refers to nothing that is not in it', () => {
    const document = JSON.parse(text) as Record<string, unknown>;
    const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, pointer]) => pointer!);
    const resolve = (pointer: string): unknown =>
      pointer.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
    expect(references.filter((pointer) => resolve(pointer) === undefined)).toEqual([]);
  });

  it('says what every operation does and answers, under a tag', () => {
    const silent = operations.filter(
      ([, { summary, tags, responses }]) =>
        !summary || !tags?.length || !Object.keys(responses).some((code) => /^[23]/.test(code)),
    );
    expect(silent.map(([address]) => address)).toEqual([]);
  });

  it('names every operation once', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids).toEqual([...new Set(ids)]);
  });
});

/** Members of unions stand in an order that depends on what the compiler has read before, so they are compared in none. */
const inOneOrder = (document: string): string =>
  `${JSON.stringify(
    JSON.parse(document),
    (name, value: unknown) => (name === 'enum' && Array.isArray(value) ? value.toSorted() : value),
    2,
  )}\n`;
