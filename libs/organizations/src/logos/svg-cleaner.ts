import { MessageChannel } from 'node:worker_threads';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Piscina } from 'piscina';
import { invalid, unavailable } from '#kernel';
import { compiledFile } from '#platform/threads';
import type { SvgOutcome, SvgTask } from './svg-worker';

/** A drawing of the greatest size takes some seconds; one that was made to take minutes is not waited for. */
const LONGEST_MS = 10_000;
const MEMORY_MB = 512;
/** The parser of documents is large: it goes when nobody has wanted it for so long. */
const IDLE_MS = 10_000;
const WAITING = 10;

/** Makes drawings harmless in a thread of its own, one at a time: it takes long, and what it is given is hostile. */
@Injectable()
export class SvgCleaner implements OnModuleDestroy {
  private readonly pool = new Piscina<SvgTask, SvgOutcome>({
    filename: compiledFile(__dirname, 'svg-worker.js'),
    minThreads: 0,
    maxThreads: 1,
    maxQueue: WAITING,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    env: {},
    argv: [],
    execArgv: [],
  });

  /** As `harmlessSvg`. @throws DomainError `bad_request`; `unavailable` when too many wait. */
  async clean(text: string): Promise<string> {
    if (this.pool.queueSize >= WAITING) throw unavailable('Too many drawings are being looked at', 5);
    const outcome = await this.outcomeOf(text);
    if (outcome.svg !== undefined) return outcome.svg;
    throw invalid({ field: 'file', message: outcome.problem });
  }

  /** A thread that starts and drawings ahead of it take their time, whatever this one is: that is not counted. */
  private async outcomeOf(text: string): Promise<SvgOutcome> {
    const { port1, port2: begun } = new MessageChannel();
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    port1.once('message', () => (timer = setTimeout(() => limit.abort(), LONGEST_MS).unref()));
    try {
      return await this.pool.run({ text, begun }, { signal: limit.signal, transferList: [begun] });
    } catch (error) {
      const { code } = error as { code?: string };
      if (!limit.signal.aborted && code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      return { problem: 'File is too intricate a drawing' };
    } finally {
      clearTimeout(timer);
      port1.close();
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool.destroy();
  }
}
