import { addressesOf, encoderAt, functionProblems } from './smtp-config';

describe('recipients', () => {
  it.each([
    ['a@example.com', [{ name: '', address: 'a@example.com' }]],
    [
      'Ann <a@example.com>; "B, C" <b@x.example>',
      [
        { name: 'Ann', address: 'a@example.com' },
        { name: 'B, C', address: 'b@x.example' },
      ],
    ],
    [
      ['a@example.com', 'ä@exämple.com'],
      [
        { name: '', address: 'a@example.com' },
        { name: '', address: 'ä@exämple.com' },
      ],
    ],
    ['', []],
    [undefined, []],
  ])('%j', (recipients, addresses) => expect(addressesOf(recipients)).toEqual(addresses));

  it.each([
    'a',
    'a@',
    '@example.com',
    'a b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'Ann\r\nBcc: b@x.example <a@example.com>',
    'a@example.com>\r\nDATA',
    'a@-example.com',
    '<a@example.com',
    '"a b"@example.com',
    'a@[127.0.0.1]',
  ])('%j is refused', (to) => {
    expect(functionProblems({ to, subject: 's', text: 't' })).toEqual([
      { field: 'to', message: 'to must be e-mail addresses' },
    ]);
  });

  it('are at least one, and not too many', () => {
    const many = Array.from({ length: 101 }, (_, index) => `a${index}@example.com`);
    const problems = (to: string | string[]) => functionProblems({ to, subject: 's', text: 't' });
    expect(problems('')).toEqual([{ field: 'to', message: 'to, cc or bcc is required' }]);
    expect(problems(many)).toEqual([{ field: 'to', message: 'A message has 100 recipients at most' }]);
    expect(problems('((to))')).toEqual([]);
  });
});

describe('a message', () => {
  const message = { to: 'a@example.com', subject: 's', text: 't' };
  const attached = (attachment: object) => ({
    ...message,
    attachments: [{ filename: 'a.txt', content: 'AA==', ...attachment }],
  });

  it.each<[object, string]>([
    [{ ...message, subject: 'a\r\nBcc: b@example.com' }, 'subject must be one line'],
    [{ to: 'a@example.com', subject: 's' }, 'text or html is required'],
    [attached({ filename: '../a' }), 'attachments[0].filename must be a name without folders'],
    [attached({ filename: 'a"\r\nX: y' }), 'attachments[0].filename must be a name without folders'],
    [attached({ content: 'http://example.com' }), 'attachments[0].content must be base64'],
    [attached({ contentType: 'text/plain\r\nX: y' }), 'attachments[0].contentType must be a media type'],
  ])('%j is refused', (config, text) => {
    expect(functionProblems(config as never).map(({ message: said }) => said)).toEqual([text]);
  });

  it('has values in HTML as text', () => {
    const html = '<b>((name))</b>';
    expect(encoderAt(['html'], { html })!('<i>&"', '<b>')).toBe('&lt;i&gt;&amp;&quot;');
    expect(encoderAt(['html'], { html: '((page))' })).toBeUndefined();
    expect(encoderAt(['text'], { html })).toBeUndefined();
  });
});
