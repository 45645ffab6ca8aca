import type { JsonObject } from '../protocol';
import { tagsProblems, writeProblems } from './s7-config';

const problems = (...tags: JsonObject[]): string[] =>
  tagsProblems({ tags: tags.map((tag, index) => ({ name: String(index), ...tag })) }).map(({ message }) => message);

describe('functions of S7', () => {
  it('have addresses that fit their types', () => {
    expect(problems({ address: 'DB1.DBX0.0' }, { address: 'DB1.DBB2', dataType: 'STRING' }, { address: 'T1' })).toEqual(
      [],
    );
    expect(problems({ address: 'MB0', dataType: 'BOOL' })).toEqual([
      'tags[0].dataType must be BOOL for the address of a bit, and for no other',
    ]);
    expect(problems({ address: 'M0.0', count: 2 })).toEqual(['tags[0].count is not for bits']);
    expect(problems({ address: 'C1', dataType: 'INT' })).toEqual(['tags[0].dataType is not for timers and counters']);
    expect(problems({ address: 'DB1.DBB65535', dataType: 'INT' })).toEqual([
      'tags[0].address and count go beyond byte 65535',
    ]);
  });

  it('read no more than memory can bear', () => {
    const large = { address: 'DB1.DBB0', count: 1_000, dataType: 'STRING', length: 60 };
    expect(problems(...Array.from({ length: 16 }, () => large))).toEqual([]);
    expect(problems(...Array.from({ length: 17 }, () => large))).toEqual(['tags take more than 1 MiB']);
  });

  it('are judged when their parameters have come', () => {
    expect(
      problems({ address: '((at))' }, { address: 'DB((n)).DBX0.0', dataType: '((type))', count: '((n))' }),
    ).toEqual([]);
    expect(writeProblems({ address: '((at))', value: 1 })).toEqual([]);
  });

  it('write no timers', () => {
    expect(writeProblems({ address: 'T1', value: 1 })).toHaveLength(1);
  });
});
