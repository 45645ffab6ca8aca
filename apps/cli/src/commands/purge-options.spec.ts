import { newId } from '#kernel';
import { readPurge } from './purge-options';

const NOW = Date.parse('2026-05-20T00:00:00Z');

describe('the options of a purge', () => {
  it('say what is to go', () => {
    const [organization, pipeline] = [newId(), newId()];
    expect(readPurge({ olderThan: '30d', organization, pipeline, dryRun: true }, NOW)).toEqual({
      olderThan: new Date('2026-04-20T00:00:00Z'),
      organizationId: organization,
      pipelineId: pipeline,
      dryRun: true,
    });
    expect(readPurge({ olderThan: '12h' }, NOW)).toMatchObject({ olderThan: new Date('2026-05-19T12:00:00Z') });
  });

  it.each([
    [{ olderThan: '30' }, /--older-than must be/],
    [{ olderThan: '1d', organization: 'mine' }, /--organization must be an id/],
    [{ olderThan: '1d', pipeline: '1' }, /--pipeline must be an id/],
  ])('are refused: %j', (options, message) => {
    expect(() => readPurge(options, NOW)).toThrow(message);
  });
});
