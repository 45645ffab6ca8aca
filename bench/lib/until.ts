import { setInterval } from 'node:timers/promises';

/** Resolves as soon as a condition holds; it is looked at again after every pause of so many milliseconds. */
export async function until(condition: () => boolean | Promise<boolean>, pause: number): Promise<void> {
  const pauses = setInterval(pause)[Symbol.asyncIterator]();
  while (!(await condition())) await pauses.next();
  await pauses.return?.();
}
