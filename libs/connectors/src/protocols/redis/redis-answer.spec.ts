import { dataOf } from './redis-answer';

describe('an answer of Redis', () => {
  it('is data', () => {
    const answer = [Buffer.from('läuft'), Buffer.from([0xff]), 7, null, [Buffer.from('1')], new Error('ERR no')];
    expect(dataOf(answer)).toEqual(['läuft', '/w==', 7, null, ['1'], { error: 'ERR no' }]);
  });

  it('is not larger than 10 MiB', () => {
    const half = Buffer.alloc(6 * 1024 * 1024, 'x');
    expect(() => dataOf([half, half])).toThrow('The answer is larger than 10 MiB');
    expect(() => dataOf(Array.from({ length: 200_000 }, () => 1))).toThrow('more than 200000 values');
  });
});
