import { Agent, request } from 'node:http';
import type { Hub } from '../lib/hub.ts';
import type { Session } from '../lib/session.ts';

/** Resolves with the parsed answer, or undefined for one that is empty or too large to be looked at. */
export type Call = (method: string, path: string, body?: object | string) => Promise<unknown>;

/**
 * Calls the hub's API over connections that stay open.
 * @param most bytes of answers that are looked at: to keep and parse a large one is the client's affair
 */
export function callerOf(hub: Hub, { token, organizationId }: Session, most = 10_000): Call {
  const headers = {
    Authorization: `Bearer ${token}`,
    'X-Organization-ID': organizationId,
    'Content-Type': 'application/json',
    'Accept-Encoding': 'gzip',
  };
  const agent = new Agent({ keepAlive: true });
  /** @throws Error for an answer that is none. */
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const sent = request(`${hub.url}/api/v1${path}`, { method, headers, agent }, (response) => {
        const kept: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length < most) kept.push(chunk);
        });
        response.on('error', reject).on('end', () => {
          const told = Buffer.concat(kept).toString();
          if (response.statusCode! < 300) resolve(length < most && told ? JSON.parse(told) : undefined);
          else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${told.slice(0, 1_000)}`));
        });
      });
      sent.on('error', reject).end(typeof body === 'object' ? JSON.stringify(body) : body);
    });
}
