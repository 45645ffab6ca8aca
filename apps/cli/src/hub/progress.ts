import { setTimeout as delay } from 'node:timers/promises';
import type { HubClient } from './hub-client';
import type { Import } from './plan';

/** Hubs tell it about as often. */
const POLL_MS = 1_000;
/** Imports looked through: lists have no items, of which there may be tens of thousands. */
const LATEST = 200;

const CLEAR_LINE = '\r\x1b[K';

/** Where it is shown: on a terminal one line, which is written again and again. */
export interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Waits for a call that executes or undoes an import, and shows somebody who watches how far it is. */
export async function shown<T>(
  hub: Pick<HubClient, 'get'>,
  id: string,
  call: Promise<T>,
  screen: Screen = process.stderr,
): Promise<T> {
  if (!screen.isTTY) return call;
  const end = new AbortController();
  void follow(hub, id, screen, end.signal);
  try {
    return await call;
  } finally {
    end.abort();
    screen.write(CLEAR_LINE);
  }
}

/** What goes wrong is said by the call itself. */
async function follow(hub: Pick<HubClient, 'get'>, id: string, screen: Screen, end: AbortSignal): Promise<void> {
  for (;;) {
    await delay(POLL_MS, undefined, { signal: end }).catch(() => undefined);
    if (end.aborted) return;
    const imports = await hub.get<Import[]>(`/dependencies/import?limit=${LATEST}`).catch((): Import[] => []);
    const progress = imports.find((one) => one.id === id)?.progress;
    if (progress && !end.aborted) screen.write(CLEAR_LINE + textOf(progress));
  }
}

/** `8000 of 22020 (36 %)` */
const textOf = ({ done, total }: NonNullable<Import['progress']>): string =>
  `${done} of ${total} (${Math.floor((100 * done) / total)} %)`;
