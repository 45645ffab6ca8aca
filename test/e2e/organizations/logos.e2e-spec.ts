import { ALL_SCOPES } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const JPEG = Buffer.concat([
  Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb', 'hex'),
  Buffer.alloc(64),
  Buffer.from('ffd9', 'hex'),
]);
const WEBP = Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64');
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const drawing = (content: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10" ${attributes}>${content}<circle r="4" fill="url(#g)"/></svg>`;

describe('logos', () => {
  let app: TestApp;
  let api: ApiClient;
  let path: string;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
    path = `/organizations/${app.organizationId}/logo`;
  });

  afterAll(() => app.stop());

  const upload = (content: Buffer | string, { name = 'logo.png', type = 'image/png', field = 'file' } = {}) => {
    const form = new FormData();
    form.append(field, new Blob([new Uint8Array(Buffer.from(content))], { type }), name);
    return api.put(path, form);
  };

  const stored = async (): Promise<string> => (await api.get(path)).text;

  it.each([
    ['image/png', PNG],
    ['image/jpeg', JPEG],
    ['image/webp', WEBP],
  ])('of type %s are served as they were sent', async (mediaType, content) => {
    expect(await upload(content)).toMatchObject({ status: 200, body: { data: { mediaType, bytes: content.length } } });
    const response = await fetch(`${app.url}/api/v1${path}`, {
      headers: { Authorization: `Bearer ${await app.newToken(ALL_SCOPES)}` },
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
    expect(response.headers.get('content-type')).toBe(mediaType);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('are known by what they are, not by what they are said to be', async () => {
    expect((await upload(drawing(''), { name: '../../etc/passwd', type: 'text/plain' })).body.data.mediaType).toBe(
      'image/svg+xml',
    );
    expect((await upload(PNG, { name: 'page.html', type: 'text/html' })).body.data.mediaType).toBe('image/png');
  });

  it.each([
    ['HTML named as an image', '<!doctype html><script>alert(1)</script>'],
    ['HTML with a drawing in it', '<html><svg xmlns="http://www.w3.org/2000/svg"/></html>'],
    ['a GIF', GIF],
    ['a GIF that is also a script', Buffer.concat([GIF, Buffer.from('/*<svg><script>alert(1)</script></svg>*/')])],
    ['nothing', ''],
    ['text', 'hello'],
    ['XML that is no drawing', '<?xml version="1.0"?><a/>'],
    ['a drawing without its namespace', '<svg><circle/></svg>'],
    ['a drawing that is cut off', '<svg xmlns="http://www.w3.org/2000/svg"><g>'],
    ['a drawing with a document type', `<!DOCTYPE svg [<!ENTITY a "b">]>${drawing('&a;')}`],
    ['a drawing of too many elements', drawing('<g/>'.repeat(2_001))],
    [
      'a drawing of too many attributes',
      drawing(`<rect ${Array.from({ length: 10_000 }, (_, index) => `a${index}="1"`).join(' ')}/>`),
    ],
    ['a drawing that is too long', drawing(`<desc>${'x'.repeat(300_000)}</desc>`)],
  ])('refuse %s', async (_, content) => {
    await upload(PNG);
    expect(await upload(content, { name: 'logo.svg', type: 'image/svg+xml' })).toMatchObject({
      status: 400,
      body: { error: 'bad_request' },
    });
    expect((await api.get(path)).headers.get('content-type')).toBe('image/png');
  });

  it.each([
    ['a script', drawing('<script>alert(1)</script>')],
    [
      'a script by another namespace prefix',
      drawing('<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>'),
    ],
    ['an event handler', drawing('<rect onclick="alert(1)"/>', 'onload="alert(1)"')],
    [
      'foreign content',
      drawing(
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="javascript:alert(1)"/></body></foreignObject>',
      ),
    ],
    ['a link', drawing('<a href="javascript:alert(1)"><text>alert(1)</text></a>')],
    ['a link by xlink', drawing('<a xlink:href="https://alert(1).example">x</a>')],
    ['an outside image', drawing('<image href="https://alert(1).example/x.png"/>')],
    ['a data address', drawing('<image xlink:href="data:image/svg+xml,alert(1)"/>')],
    ['an outside use', drawing('<use href="https://alert(1).example/x.svg#a"/>')],
    ['a style sheet', drawing('<style>@import "https://alert(1).example";</style>')],
    ['an outside fill', drawing('<rect fill="url(https://alert(1).example#a)"/>')],
    ['an outside fill in a style', drawing('<rect style="fill:url(https://alert(1).example#a)"/>')],
    ['an animated link', drawing('<a><animate attributeName="href" values="javascript:alert(1)"/></a>')],
    ['a set handler', drawing('<set attributeName="onmouseover" to="alert(1)"/>')],
    ['a handler in CDATA', drawing('<script><![CDATA[alert(1)]]></script>')],
    [
      'a processing instruction',
      `<?xml version="1.0"?><?xml-stylesheet href="https://alert(1).example"?>${drawing('')}`,
    ],
  ])('leave %s out of a drawing', async (_, content) => {
    expect(await upload(content, { name: 'logo.svg', type: 'image/svg+xml' })).toMatchObject({ status: 200 });
    const served = await stored();
    expect(served).toContain('<circle');
    expect(served).not.toMatch(
      /<(?!\/?(svg|g|rect|text|circle|defs)\b)|script|https:|data:|\bon\w+=|style|url\((?!#)/i,
    );
  });

  it('keep what makes a drawing', async () => {
    const gradient =
      '<defs><linearGradient id="g"><stop offset="0" stop-color="#f00"/></linearGradient></defs><path d="M0 0h9" stroke="url(#g)"/>';
    await upload(drawing(gradient), { type: 'image/svg+xml' });
    const served = await stored();
    expect(served).toMatch(/viewBox="0 0 10 10"/);
    expect(served).toMatch(/<linearGradient id="g">/);
    expect(served).toMatch(/stroke="url\(#g\)"/);
    expect(served).toMatch(/fill="url\(#g\)"/);
  });

  it('are sent again only when they have changed', async () => {
    await upload(PNG);
    const etag = (await api.get(path)).headers.get('etag')!;
    expect((await api.get(path, { 'If-None-Match': etag })).status).toBe(304);
    await upload(JPEG);
    expect((await api.get(path, { 'If-None-Match': etag })).status).toBe(200);
  });

  it('are bounded, and one at a time', async () => {
    const large = Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)]);
    expect(await upload(large)).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
    const two = new FormData();
    for (const name of ['a.png', 'b.png']) two.append('file', new Blob([new Uint8Array(PNG)]), name);
    expect((await api.put(path, two)).status).toBe(400);
    expect((await upload(PNG, { field: 'other' })).status).toBe(400);
    expect(await api.put(path, new FormData())).toMatchObject({ status: 400 });
    expect(await api.put(path, { file: 'x' })).toMatchObject({ status: 400, body: { message: 'File is required' } });
  });

  it('are taken from those alone who may set them, before they are read', async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(3 * 1024 * 1024)]), 'large.png');
    expect((await app.stranger.put(path, form)).status).toBe(401);
    const viewer = app.api(await app.newToken(ALL_SCOPES, await app.newUser('viewer')));
    expect((await viewer.put(path, form)).status).toBe(403);
    expect((await viewer.get(path)).status).toBe(200);
  });

  it('can be removed', async () => {
    await upload(PNG);
    expect((await api.delete(path)).status).toBe(204);
    expect(await api.get(path)).toMatchObject({ status: 404, body: { message: 'Logo not found' } });
    expect((await api.delete(path)).status).toBe(404);
  });
});
