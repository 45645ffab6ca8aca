import { parentOf } from '../topics/topic-places';
import { removable } from './removable';

const topic = (path: string, children = 0) => ({ id: path, path, parentPath: parentOf(path), children });

const gone = (topics: ReturnType<typeof topic>[], ...needed: string[]): string[] =>
  removable(topics, new Set(needed)).map(({ path }) => path);

describe('topics that are to go', () => {
  it('go with all that lies below them, whichever order they come in', () => {
    const branch = [topic('mHv1.0/a', 2), topic('mHv1.0/a/b', 1), topic('mHv1.0/a/b/c'), topic('mHv1.0/a/d')];
    const expected = ['mHv1.0/a/d', 'mHv1.0/a/b/c', 'mHv1.0/a/b', 'mHv1.0/a'];
    expect([gone(branch), gone(branch.toReversed())]).toEqual([expected, expected]);
  });

  it('stay where something below them stays', () => {
    const branch = [topic('mHv1.0/a', 1), topic('mHv1.0/a/b', 2), topic('mHv1.0/a/b/c'), topic('mHv1.0/e')];
    expect(gone(branch)).toEqual(['mHv1.0/e', 'mHv1.0/a/b/c']);
    expect(gone([topic('mHv1.0/a', 1), topic('mHv1.0/a/b')], 'mHv1.0/a/b')).toEqual([]);
  });

  it('stay where somebody needs them', () => {
    expect(gone([topic('mHv1.0/a', 1), topic('mHv1.0/a/b')], 'mHv1.0/a')).toEqual(['mHv1.0/a/b']);
  });
});
