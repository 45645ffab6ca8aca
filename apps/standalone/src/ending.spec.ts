import { Ending } from './ending';

const make = () => {
  const said: string[] = [];
  const atOnce = jest.fn();
  return { said, atOnce, ending: new Ending((line) => said.push(line), atOnce) };
};

describe('Ending', () => {
  it('ends once for a Ctrl-C that comes directly and by the launcher', async () => {
    const { ending, said, atOnce } = make();
    ending.request('signal');
    ending.request('launcher');
    expect(await ending.code).toBe(0);
    expect(said).toHaveLength(1);
    expect(atOnce).not.toHaveBeenCalled();
  });

  it.each(['signal', 'launcher'] as const)('ends at once when asked twice by %s', (way) => {
    const { ending, atOnce } = make();
    ending.request(way);
    ending.request(way);
    expect(atOnce).toHaveBeenCalledTimes(1);
  });

  it('takes the first cause', async () => {
    const { ending, said } = make();
    ending.end(1, 'PostgreSQL has ended');
    ending.request('signal');
    ending.end(0, 'later');
    expect(await ending.code).toBe(1);
    expect(ending.signal.aborted).toBe(true);
    expect(said).toEqual(['PostgreSQL has ended']);
  });
});
