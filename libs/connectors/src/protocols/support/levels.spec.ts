import { levelEncoder, type Levels } from './levels';

const TOPIC: Levels = { separator: '/', special: /[+#\0]/ };

describe('a parameter in a name made of levels', () => {
  const encode = levelEncoder(TOPIC, 'topic', { topic: 'plant/((line))/t' })!;

  it('stays the level it stands in', () => {
    expect(encode('line 1.a', 'plant/')).toBe('line 1.a');
    expect(() => encode('a/b', 'plant/')).toThrow('must not contain / in a name');
    expect(() => encode('', 'plant/')).toThrow('must not be empty in a name');
  });

  it('never becomes a wildcard', () => {
    expect(() => encode('+', 'plant/')).toThrow('has a character that cannot be part of a name');
    expect(() => encode('a#', 'plant/')).toThrow('has a character that cannot be part of a name');
  });

  it('may be the whole name', () => {
    expect(levelEncoder(TOPIC, 'topic', { topic: '((topic))' })).toBeUndefined();
  });
});
