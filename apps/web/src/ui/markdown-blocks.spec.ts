import { parseInline, parseMarkdown, safeLink } from './markdown-blocks';

describe('Markdown', () => {
  it('has headings, paragraphs, lists, code and rules', () => {
    const blocks = parseMarkdown('# Title\nA *b*\nc\n\n- one\n- two\n  more\n\n1. first\n\n```\n<b>&\n```\n---');
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'list', 'code', 'rule']);
    expect(blocks[2]).toMatchObject({ ordered: false, items: [[{ text: 'one' }], [{ text: 'two more' }]] });
    expect(blocks[3]).toMatchObject({ ordered: true });
    expect(blocks[4]).toEqual({ kind: 'code', text: '<b>&' });
  });

  it('has emphasis, code and links', () => {
    expect(parseInline('a **b *c*** `d` [e](https://f.example)').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['text', 'code', 'link']),
    );
    expect(parseInline('**b**')).toEqual([{ kind: 'strong', parts: [{ kind: 'text', text: 'b' }] }]);
  });

  it('keeps what is HTML as text', () => {
    expect(parseInline('<img src=x onerror=alert(1)>')).toEqual([
      { kind: 'text', text: '<img src=x onerror=alert(1)>' },
    ]);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
    'vbscript:x',
  ])('makes no link to %s', (address) => {
    expect(safeLink(address)).toBeUndefined();
    expect(parseInline(`[x](${address})`).map(({ kind }) => kind)).not.toContain('link');
  });

  it('ends also for what is made to last', () => {
    const blocks = parseMarkdown(`${'['.repeat(5_000)}\n${'*'.repeat(5_000)}a\n${'`'.repeat(4_999)}`);
    expect(blocks.length).toBeGreaterThan(0);
  });
});
