import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProtocolHub } from './protocol-hub';
import type { FileServers } from './servers/file-servers';

/** What can be done with files, whatever the protocol. @param config with that base path */
export async function worksWithFiles(
  hub: ProtocolHub,
  files: FileServers,
  config: (basePath: string) => object,
): Promise<void> {
  const folder = files.newFolder();
  const id = await hub.connect('ftp', config(folder));
  const content = { good: 41, text: 'ä' };
  const upload = { path: 'in box/((day))/ä (1).json', content: '((content))' };
  const path = 'in box/2026/ä (1).json';
  expect(await hub.call(id, 'ftp.upload', upload, { day: '2026', content })).toMatchObject({
    success: true,
    data: { path, size: 23 },
  });
  expect(readFileSync(join(folder, path), 'utf8')).toBe(JSON.stringify(content));
  // Again, in place of it.
  expect(await hub.call(id, 'ftp.upload', { path, content: 'short' })).toMatchObject({ success: true });
  expect(readdirSync(join(folder, 'in box/2026'))).toEqual(['ä (1).json']);
  expect((await hub.call(id, 'ftp.list', { path: '/in box/2026/' })).data).toEqual({
    path: '/in box/2026/',
    entries: [{ name: 'ä (1).json', type: 'file', size: 5, modifiedAt: expect.stringMatching(/^\d{4}-.*Z$/) }],
    truncated: false,
  });
  expect((await hub.call(id, 'ftp.download', { path })).data).toEqual({
    path,
    size: 5,
    content: 'short',
    format: 'text',
  });
  expect(await hub.call(id, 'ftp.mkdir', { path: 'archive/2026' })).toMatchObject({ success: true });
  expect(await hub.call(id, 'ftp.mkdir', { path: 'archive/2026' })).toMatchObject({ success: true });
  const to = 'archive/2026/1.json';
  expect(await hub.call(id, 'ftp.rename', { from: path, to })).toMatchObject({ success: true });
  expect((await hub.call(id, 'ftp.list', { limit: 1 })).data).toMatchObject({
    entries: [{ type: 'folder' }],
    truncated: true,
  });
  expect(await hub.call(id, 'ftp.delete', { path: to })).toMatchObject({ success: true });
  expect(existsSync(join(folder, to))).toBe(false);
  const gone = await hub.call(id, 'ftp.download', { path: to });
  expect(gone).toMatchObject({ success: false, error: { retryable: false } });
  expect(gone.error!.message).toMatch(/^127\.0\.0\.1:\d+: .*no such file/i);
  expect(await hub.call(id, 'ftp.list', { path: 'nothing' })).toMatchObject({ success: false });
}
