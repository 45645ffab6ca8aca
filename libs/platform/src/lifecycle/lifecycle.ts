import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';

/**
 * The order in which an application ends: nothing new comes in, what is under way finishes, and only then go the
 * queues and the database that it needs. The figure is the phase's deadline in milliseconds.
 */
export const SHUTDOWN_PHASES = { intake: 5_000, drain: 20_000, queues: 5_000, database: 5_000 } as const;

export type ShutdownPhase = keyof typeof SHUTDOWN_PHASES;

interface Part {
  phase: ShutdownPhase;
  name: string;
  stop: () => unknown;
}

/**
 * The life of one application: whether it is ready, and how it ends. Parts register how they stop, and `app.close()`
 * stops them phase by phase; those of one phase stop together. A part that fails or is late is logged and left behind:
 * the rest still ends in order.
 *
 * Nest runs this after every `onModuleDestroy` and before it closes its own HTTP server and microservices, so a part
 * that others need must stop here and not in `onModuleDestroy`.
 */
@Injectable()
export class Lifecycle implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Lifecycle.name);
  private readonly parts: Part[] = [];
  private state: 'starting' | 'ready' | 'stopping' = 'starting';
  private end: Promise<void> | undefined;
  /** Parts that were told to stop and have not done so. */
  private readonly late = new Set<Part>();

  /** What /health/ready tells: false until everything listens, and again from the first moment of the end. */
  get ready(): boolean {
    return this.state === 'ready';
  }

  get stopping(): boolean {
    return this.state === 'stopping';
  }

  /** What the end waits for, or has left behind, for people: `mqtt (intake)`. */
  get unfinished(): string[] {
    return [...this.late].map(({ name, phase }) => `${name} (${phase})`);
  }

  /** Called by the composition root once everything listens. */
  markReady(): void {
    if (this.state === 'starting') this.state = 'ready';
  }

  /** `stop` may return a promise; the phase waits for it until its deadline. */
  atShutdown(phase: ShutdownPhase, name: string, stop: () => unknown): void {
    this.parts.push({ phase, name, stop });
  }

  beforeApplicationShutdown(): Promise<void> {
    this.state = 'stopping';
    return (this.end ??= this.stopParts());
  }

  private async stopParts(): Promise<void> {
    for (const phase of Object.keys(SHUTDOWN_PHASES) as ShutdownPhase[]) {
      await this.stopPhase(phase, SHUTDOWN_PHASES[phase]);
    }
  }

  private async stopPhase(phase: ShutdownPhase, deadlineMs: number): Promise<void> {
    const parts = this.parts.filter((part) => part.phase === phase);
    const stopping = parts.map(async (part) => {
      this.late.add(part);
      try {
        await part.stop();
      } catch (error) {
        this.logger.error(`${part.name} did not stop cleanly`, error instanceof Error ? error.stack : String(error));
      } finally {
        this.late.delete(part);
      }
    });
    await withinDeadline(Promise.allSettled(stopping), deadlineMs);
    const late = parts.filter((part) => this.late.has(part)).map(({ name }) => name);
    if (late.length > 0) this.logger.warn(`${late.join(', ')}: not stopped within ${deadlineMs / 1000} s, going on`);
  }
}

/** Settles with the work or when the time is over, whichever comes first. */
async function withinDeadline(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(deadline.resolve, milliseconds);
  await Promise.race([work, deadline.promise]);
  clearTimeout(timer);
}
