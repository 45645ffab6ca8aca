import type { Server } from 'node:http';

/**
 * Stops an HTTP server for phase `intake`: no new connection, idle ones close, requests under way get their answer.
 * Streams that do not end by themselves (server-sent events) are cut after `graceMs`.
 */
export async function drainHttp(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  // A connection that falls idle after its last answer would otherwise be kept alive for seconds.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed.promise;
  clearInterval(idle);
  clearTimeout(cut);
}
