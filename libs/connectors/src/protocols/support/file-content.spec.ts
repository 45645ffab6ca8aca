import { bytesOf, contentOf } from './file-content';

const MOST = 1024 * 1024;

describe('contents of files', () => {
  it.each([
    ['text', Buffer.from('ä, 1'), undefined, { content: 'ä, 1', format: 'text' }],
    ['text that is JSON', Buffer.from('{"a":1}'), undefined, { content: '{"a":1}', format: 'text' }],
    ['JSON where it is asked for', Buffer.from('{"a":1}'), 'json' as const, { content: { a: 1 }, format: 'json' }],
    ['bytes', Buffer.from([0xff, 0x00]), undefined, { content: '/wA=', format: 'base64' }],
    ['text with NUL', Buffer.from('a\0'), undefined, { content: 'YQA=', format: 'base64' }],
    ['text as bytes', Buffer.from('a'), 'base64' as const, { content: 'YQ==', format: 'base64' }],
    ['nothing', Buffer.alloc(0), undefined, { content: '', format: 'text' }],
  ])('%s is read, and written as it was', (_, bytes, format, read) => {
    const found = contentOf(bytes, format);
    expect(found).toEqual(read);
    expect(bytesOf(found.content, found.format, MOST)).toEqual(bytes);
  });

  it('that are not what they are said to be are refused', () => {
    expect(() => contentOf(Buffer.from('a'), 'json')).toThrow('The content is no JSON');
    expect(() => contentOf(Buffer.from([0xff]), 'text')).toThrow('The content is no UTF-8 text');
    expect(() => bytesOf('ä', 'base64', MOST)).toThrow('The content is no base64 text');
    expect(() => bytesOf('x'.repeat(MOST + 1), 'text', MOST)).toThrow('The content is larger than 1 MiB');
  });

  it('are written as JSON where they are no text', () => {
    expect(bytesOf({ a: [1] }, undefined, MOST).toString()).toBe('{"a":[1]}');
    expect(bytesOf('a', 'json', MOST).toString()).toBe('"a"');
  });
});
