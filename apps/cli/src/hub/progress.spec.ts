import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HubClient } from './hub-client';
import { shown } from './progress';

/** Answers lists of imports, each time further on. */
async function startHub(id: string): Promise<{ server: Server; hub: HubClient }> {
  let count = 0;
  const server = createServer((_, response) => {
    count++;
    const progress = { done: count * 500, total: 2_000 };
    const data = [
      { id: 'another', progress: { done: 1, total: 1 } },
      { id, progress },
    ];
    response.end(JSON.stringify({ data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hub = new HubClient({ url: `http://127.0.0.1:${port}`, token: 'token', organizationId: 'organization' });
  return { server, hub };
}

describe('the progress of an import', () => {
  it('is one line on a terminal, which is gone at the end', async () => {
    const { server, hub } = await startHub('mine');
    const call = Promise.withResolvers<string>();
    const first = Promise.withResolvers<void>();
    let written = '';
    const write = (text: string): void => {
      written += text;
      if (text.includes(' of ')) first.resolve();
    };
    const done = shown(hub, 'mine', call.promise, { isTTY: true, write });
    await first.promise;
    expect(written).toBe('\r\x1b[K500 of 2000 (25 %)');
    call.resolve('done');
    expect(await done).toBe('done');
    expect(written.endsWith('%)\r\x1b[K')).toBe(true);
    server.close();
  });

  it('is nothing elsewhere, and not asked for', async () => {
    const write = (text: string): void => {
      throw new Error(text);
    };
    const hub = new HubClient({ url: 'http://127.0.0.1:9', token: 'token', organizationId: 'organization' });
    expect(await shown(hub, 'mine', Promise.resolve('done'), { write })).toBe('done');
  });

  it('ends with the refusal of the call', async () => {
    const { server, hub } = await startHub('mine');
    const call = Promise.reject(new Error('refused'));
    await expect(shown(hub, 'mine', call, { isTTY: true, write: () => undefined })).rejects.toThrow('refused');
    server.close();
  });
});
