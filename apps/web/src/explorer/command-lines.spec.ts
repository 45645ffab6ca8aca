import { execFileSync } from 'node:child_process';
import { curlLine, mosquittoLine, quoted } from './command-lines';

/** The arguments as a shell reads them. */
const words = (line: string): string[] =>
  execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], {
    encoding: 'utf8',
    env: { TOKEN: 'secret' },
  })
    .split('\0')
    .slice(0, -1);

const HOSTILE = `mHv1.0/it's "$(touch /tmp/x)" \`id\` \\ ; &`;

describe('command lines', () => {
  it('hold one word, whatever is in it', () => {
    expect(words(quoted(HOSTILE))).toEqual([HOSTILE]);
  });

  it('publish by REST', () => {
    const line = words(curlLine('http://hub', 'org', HOSTILE, { a: "'" }));
    expect(line.slice(0, 3)).toEqual(['curl', '-s', 'http://hub/api/v1/uns/data/publish']);
    expect(line).toContain('Authorization: Bearer secret');
    expect(JSON.parse(line.at(-1)!)).toEqual({ topic: HOSTILE, value: { a: "'" } });
  });

  it('publish by MQTT', () => {
    const line = words(mosquittoLine('hub', 'org', HOSTILE, 1.5));
    expect(line).toEqual([
      'mosquitto_pub',
      '-h',
      'hub',
      '-p',
      '1883',
      '-u',
      'org',
      '-P',
      'secret',
      '-q',
      '1',
      '-t',
      HOSTILE,
      '-m',
      '1.5',
    ]);
  });
});
