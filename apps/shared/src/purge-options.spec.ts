import { newId } from '#kernel';
import { readPurge } from './purge-options';

const NOW = Date.parse('2026-05-20T00:00:00Z');

describe('the arguments of a purge', () => {
  it('say what is to go', () => {
    const [organizationId, pipelineId] = [newId(), newId()];
    const args = ['--older-than', '30d', '--organization', organizationId, '--pipeline', pipelineId, '--dry-run'];
    expect(readPurge(args, NOW)).toEqual({
      olderThan: new Date('2026-04-20T00:00:00Z'),
      organizationId,
      pipelineId,
      dryRun: true,
    });
    expect(readPurge(['--older-than=12h'], NOW)).toMatchObject({ olderThan: new Date('2026-05-19T12:00:00Z') });
  });

  it('may ask for help', () => {
    expect(readPurge(['--help'], NOW)).toBeUndefined();
  });

  it.each([
    [[], /--older-than is required/],
    [['--older-than', '30'], /--older-than is required/],
    [['--older-than', '1d', '--organization', 'mine'], /--organization must be an id/],
    [['--older-than', '1d', '--all'], /--all/],
    [['--older-than', '1d', 'now'], /now/],
  ])('are refused: %j', (args, message) => {
    expect(() => readPurge(args, NOW)).toThrow(message);
  });
});
