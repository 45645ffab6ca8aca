import { commandProblems, configProblems } from './redis-config';

const said = (problems: { message: string }[]): string[] => problems.map(({ message }) => message);

describe('commands of Redis', () => {
  it.each([
    { command: 'HGETALL', args: ['line'] },
    { command: 'xread', args: ['COUNT', 1, 'STREAMS', 'a', 0] },
    { command: 'JSON.SET', args: ['a', '$', '{}'] },
  ])('go: %p', (config) => {
    expect(commandProblems(config)).toEqual([]);
  });

  it.each([
    ['subscribe', 'it changes the connection, which others share'],
    ['MULTI', 'it changes the connection, which others share'],
    ['BLPOP', 'it waits, and holds up others'],
    ['keys', 'it keeps the server from answering anybody'],
    ['EVAL', 'it runs code on the server'],
    ['CONFIG', 'it is for administrators'],
    ['Shutdown', 'it is for administrators'],
  ])('are refused: %s', (command, reason) => {
    expect(said(commandProblems({ command }))).toEqual([`Command ${command.toUpperCase()} is not sent: ${reason}`]);
  });

  it('may read streams without waiting', () => {
    expect(commandProblems({ command: 'XREAD', args: ['block', 0, 'STREAMS', 'a', '$'] })).toHaveLength(1);
  });
});

describe('a Redis connection', () => {
  it('has a password where it has a user name', () => {
    expect(configProblems({ host: 'a', password: 'p' })).toEqual([]);
    expect(said(configProblems({ host: 'a', username: 'u' }))).toEqual(['password is required with username']);
  });
});
