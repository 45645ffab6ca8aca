import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_SCOPES } from '#kernel';
import { createTestApp, type TestApp } from '#testing';
import { makeWholeOrganization, SECRETS } from '../dependencies/whole-organization';
import { runCli } from './run-cli';

/* An organization with hundreds of entities of every kind moves by a directory. */

jest.setTimeout(600_000);

describe('a directory for Git', () => {
  let app: TestApp;
  let token: string;
  let original: string;
  let copy: string;
  const folder = mkdtempSync(join(tmpdir(), 'directory-'));
  const plant = join(folder, 'plant');

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' } });
    token = await app.newToken(ALL_SCOPES);
    original = await app.newOrganization();
    copy = await app.newOrganization();
    await makeWholeOrganization(app.api(token, original));
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await app.stop();
  });

  const cli = (organization: string, ...args: string[]) =>
    runCli(args, { HUB_URL: app.url, HUB_TOKEN: token, HUB_ORGANIZATION: organization });

  const contents = (directory: string): Record<string, string> => {
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
    return Object.fromEntries(paths.map((path) => [path.slice(directory.length), readFileSync(path, 'utf8')]));
  };

  it('enters an empty organization, which then exports the same bytes', async () => {
    expect(await cli(original, 'export', plant)).toMatchObject({ code: 0 });
    expect(await cli(original, 'plan', plant, '--check')).toMatchObject({ code: 0 });
    const api = app.api(token, original);
    // The webhooks are the original's, as long as it has them enabled.
    for (const { id } of (await api.get('/engine/pipelines?enabled=true&limit=200')).body.data) {
      expect(await api.post(`/engine/pipelines/${id}/disable?force=true`)).toMatchObject({ status: 200 });
    }
    const asked = (await cli(copy, 'apply', plant, '--yes')).output;
    const slots = Object.keys(JSON.parse(asked.slice(asked.indexOf('\n{') + 1)) as object);
    const secrets = join(folder, 'secrets.json');
    const values = slots.map((slot) => [slot, slot.startsWith('connection:') ? SECRETS.password : SECRETS.token]);
    writeFileSync(secrets, JSON.stringify(Object.fromEntries(values)));
    expect(await cli(copy, 'apply', plant, '--yes', '--secrets', secrets)).toMatchObject({ code: 0 });

    const other = join(folder, 'copy');
    expect(await cli(copy, 'export', other)).toMatchObject({ code: 0 });
    const before = contents(plant);
    expect(Object.keys(before).length).toBeGreaterThan(380);
    expect(contents(other)).toEqual(before);
    expect(await cli(copy, 'export', plant)).toMatchObject({ output: expect.stringContaining(': 0 files written') });
  });
});
