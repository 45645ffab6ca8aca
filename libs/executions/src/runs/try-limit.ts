import { Halted } from './run-ends';

/** A try took longer than it may. */
export class NodeTimeout extends Error {
  override readonly name = 'NodeTimeout';
}

export interface TryLimit {
  /** Aborts when the time is over or the run is. */
  signal: AbortSignal;
  /** @throws NodeTimeout; Halted; what the work throws. */
  race<T>(work: T | Promise<T>): Promise<T>;
  /** To be called when the try is over. */
  end(): void;
}

/** For what is pure: its scripts have limits of their own. */
export const withoutLimit = (run: AbortSignal): TryLimit => ({
  signal: run,
  race: (work) => Promise.resolve(work),
  end: () => undefined,
});

/** The time of one try, which also ends with its run. A node that heeds no signal is left behind. */
export function limitOf(timeoutMs: number, run: AbortSignal): TryLimit {
  const own = new AbortController();
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  const stop = (error: Error) => (): void => {
    own.abort(error);
    over.reject(error);
  };
  const timer = setTimeout(stop(new NodeTimeout()), timeoutMs);
  const halted = stop(new Halted());
  run.addEventListener('abort', halted);
  return {
    signal: own.signal,
    race: (work) => Promise.race([work, over.promise]),
    end: () => {
      clearTimeout(timer);
      run.removeEventListener('abort', halted);
    },
  };
}
