import type { Queue } from 'bullmq';

/** A server that is there answers in some milliseconds, on a busy machine in a second or two. */
const ANSWER_MS = 3_000;

/**
 * Whether the queue's server is there: it may have gone a moment ago, and nobody has noticed. A worker without its Redis
 * has to be closed by force, since BullMQ would wait for ever; one with it in order, or it leaves timers behind.
 */
export async function answers(queue: Queue): Promise<boolean> {
  const silence = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => silence.resolve(false), ANSWER_MS);
  const answer = queue.getActiveCount().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, silence.promise]).finally(() => clearTimeout(timer));
}
