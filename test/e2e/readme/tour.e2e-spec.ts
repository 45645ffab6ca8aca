import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestApp, type TestApp } from '#testing';

const PASSWORD = 'a long enough password';

/** The shell lines of the tour, in order, as a reader would paste them. */
async function tour(): Promise<string> {
  const readme = await readFile(join(__dirname, '../../../README.md'), 'utf8');
  return [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines).join('echo\n');
}

describe('the tour of the README', () => {
  let app: TestApp;
  const directory = mkdtempSync(join(tmpdir(), 'tour-'));

  beforeAll(async () => {
    app = await createTestApp({
      roles: ['api', 'worker', 'uns'],
      settings: { HUB_ADMIN_EMAIL: 'admin@maestrohub.local', HUB_ADMIN_PASSWORD: PASSWORD },
    });
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
    return app.stop();
  });

  it('works when pasted', async () => {
    const script = (await tour())
      .replaceAll('127.0.0.1:8080', new URL(app.url).host)
      .replaceAll('-p 1883', `-p ${new URL(app.mqttUrl).port}`);
    const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      cwd: directory,
    });

    const answers = stdout
      .split('\n')
      .flatMap((line) => line.split(/(?<=\})(?=\{)/))
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { data?: { topic?: string; value?: unknown }[]; access_token?: string });
    expect(stderr).toBe('');
    expect(answers).toHaveLength(16);
    const [
      published,
      temperature,
      topics,
      schema,
      refusal,
      refused,
      motor,
      token,
      user,
      member,
      trail,
      alarm,
      note,
      guarded,
      impact,
      plan,
    ] = answers;
    expect(published).toEqual({ data: { message: 'Data published successfully' } });
    expect(temperature!.data).toEqual([
      expect.objectContaining({ topic: 'mHv1.0/factory/line-1/temperature', value: 72.5, source: 'plc-01' }),
    ]);
    expect(topics!.data!.map(({ topic }) => topic)).toEqual([
      'mHv1.0/factory',
      'mHv1.0/factory/line-1',
      'mHv1.0/factory/line-1/temperature',
    ]);
    expect(schema).toMatchObject({ data: { mode: 'strict', unit: '°C' } });
    expect(refusal).toMatchObject({ error: 'bad_request', details: [{ reason: 'out_of_range' }] });
    expect(refused!.data).toEqual([expect.objectContaining({ value: 7250, reason: 'out_of_range' })]);
    expect(motor!.data![0]!.value).toEqual({ rpm: 1450, status: 'running' });
    expect(token).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 3600,
      scope: 'uns:read uns:publish',
    });
    expect(user).toMatchObject({ data: { email: 'erika@example.com', status: 'active' } });
    expect(member).toMatchObject({ data: { email: 'erika@example.com', role: 'editor' } });
    expect(alarm).toMatchObject({ topic: 'mHv1.0/factory/alarms', value: { machine: 'press-4', value: 91 } });
    expect(note).toMatchObject({ data: { nodeId: 'note', status: 'completed', input: { value: { value: 91 } } } });
    expect(guarded).toMatchObject({
      error: 'conflict',
      details: { dependents: [{ type: 'pipeline', name: 'Alarm' }] },
    });
    expect(impact).toMatchObject({ data: { safe: false, affected: [{ name: 'Alarm', effect: 'breaks' }] } });
    expect(plan).toMatchObject({ data: { problems: [], counts: { unchanged: 6, create: 0, conflict: 0 } } });
    expect(trail).toMatchObject({ data: [{ action: 'member.create', entity: { name: 'erika@example.com' } }] });
  });
});
