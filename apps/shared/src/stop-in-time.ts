import { Lifecycle, SHUTDOWN_PHASES } from '#platform/lifecycle';
import type { RunningHub } from './start-hub';

/** What ends outside of the phases, Nest's own servers above all, has to do so within this time. */
const MARGIN_MS = 5_000;

/** All phases at their longest: a container's grace period has to be longer (docker/compose.yaml). */
export const STOP_MS = Object.values(SHUTDOWN_PHASES).reduce<number>((sum, deadline) => sum + deadline, MARGIN_MS);

/** Ends the platform and resolves. @throws Error that names what hangs, once all deadlines are over. */
export async function stopInTime(hub: Pick<RunningHub, 'app' | 'stop'>): Promise<void> {
  const late = Promise.withResolvers<never>();
  // It keeps the process alive: one that merely ran out of work would end as if all were well.
  const timer = setTimeout(() => late.reject(new Error(explain(hub.app.get(Lifecycle)))), STOP_MS);
  await Promise.race([hub.stop(), late.promise]).finally(() => clearTimeout(timer));
}

function explain({ unfinished }: Lifecycle): string {
  const open = `open at the end: ${[...new Set(process.getActiveResourcesInfo())].join(', ')}`;
  const hanging = unfinished.length > 0 ? unfinished.join(', ') : `no part of ours, ${open}`;
  return `not stopped within ${STOP_MS / 1000} s; what hangs: ${hanging}`;
}
