import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/*
 * A port is listened on some time after it was given out: a server may start for seconds until then. Of a port that the
 * system chooses, that is a matter of luck: it draws from a few thousand (Linux: 7,000) for everybody who asks for any, so
 * that of the many that a run of all tests needs, two processes are now and then given the same. Ours are from below those
 * that systems choose, each of Jest's workers has a stretch of its own, and a file is given none of them twice.
 */
const LOWEST = 10_000;
const STRETCH = 5_000;
const STRETCHES = 4;

const first = LOWEST + (Number(process.env['JEST_WORKER_ID'] ?? 0) % STRETCHES) * STRETCH;

/** Where another run on this machine, or what the file before has left, is most likely not. */
let next = randomInt(STRETCH);

/** A port of the loopback address that nobody listens on, and that no other test is given meanwhile. @throws Error */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < STRETCH; tried++) {
    const port = first + (next++ % STRETCH);
    if (await isFree(port)) return port;
  }
  throw new Error(`every port from ${first} to ${first + STRETCH - 1} is in use`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
