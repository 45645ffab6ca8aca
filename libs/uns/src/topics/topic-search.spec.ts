import { searchPatterns } from './topic-search';

describe('searchPatterns', () => {
  it.each([
    ['motor', '%motor%', null],
    ['mot', '%mot%', null],
    ['mo', 'mo%', null],
    ['m', 'm%', null],
    ['a-', 'a-%', null],
    ['-a', '%-a%', null],
    ['1.5', '%1.5%', null],
    ['---', '%---%', null],
    ['ö', '%ö%', null],
    ['line-1/te', 'te%', '%line-1'],
    ['mHv1.0/factory/line-1/te', 'te%', '%mHv1.0/factory/line-1'],
    ['/line', 'line%', null],
    ['100%_done\\', '%100\\%\\_done\\\\%', null],
    ['', '%', null],
    ['/', '%', null],
    ['mHv1.0/', '%', null],
  ])('%s', (text, name, parent) => {
    expect(searchPatterns(text)).toEqual({ name, parent, inside: false });
  });

  it.each([
    ['line-1/', '%line-1', null],
    ['factory/line-1//', 'line-1', '%factory'],
    ['a/', 'a', null],
    ['/line/', 'line', null],
  ])('%s, inside', (text, name, parent) => {
    expect(searchPatterns(text)).toEqual({ name, parent, inside: true });
  });
});
