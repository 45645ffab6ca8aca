import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Piscina } from 'piscina';
import { invalid, unavailable } from '#kernel';
import { compiledFile } from '#platform/threads';
import type { SvgOutcome } from './svg-worker';

/** A drawing of the greatest size takes some seconds; one that was made to take minutes is not waited for. */
const LONGEST_MS = 5_000;
const MEMORY_MB = 512;
/** The parser of documents is large: it goes when nobody has wanted it for so long. */
const IDLE_MS = 10_000;
const WAITING = 10;

/** Makes drawings harmless in a thread of its own, one at a time: it takes long, and what it is given is hostile. */
@Injectable()
export class SvgCleaner implements OnModuleDestroy {
  private readonly pool = new Piscina<string, SvgOutcome>({
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
    const signal = AbortSignal.timeout(LONGEST_MS);
    const outcome = await this.pool.run(text, { signal }).catch((error: unknown): SvgOutcome => {
      const { code } = error as { code?: string };
      if (signal.aborted || code === 'ERR_WORKER_OUT_OF_MEMORY') return { problem: 'File is too intricate a drawing' };
      throw error;
    });
    if (outcome.svg !== undefined) return outcome.svg;
    throw invalid({ field: 'file', message: outcome.problem });
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool.destroy();
  }
}
