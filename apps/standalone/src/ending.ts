/**
 * How the process comes to its end. The first cause counts: a signal, the launcher's request or its disappearance, an
 * error nobody caught, or whatever `end` is told. A second signal means at once.
 */
export class Ending {
  /** Aborted as soon as the end has a cause. */
  readonly signal: AbortSignal;
  /** The exit code. */
  readonly code: Promise<number>;
  private readonly controller = new AbortController();
  private readonly decided = Promise.withResolvers<number>();
  // Ctrl-C in a terminal reaches us directly and by the launcher as well, so the two are counted apart.
  private readonly requests = { signal: 0, launcher: 0 };

  constructor(
    private readonly say: (line: string) => void,
    private readonly exitAtOnce: () => void,
  ) {
    this.signal = this.controller.signal;
    this.code = this.decided.promise;
  }

  end(code: number, reason?: string): void {
    if (this.signal.aborted) return;
    if (reason) this.say(reason);
    this.decided.resolve(code);
    this.controller.abort();
  }

  /** Someone asks for the end; asking again over the same way means at once. */
  request(way: 'signal' | 'launcher'): void {
    this.requests[way] += 1;
    if (this.requests[way] > 1) this.exitAtOnce();
    else this.end(0, '\nstopping … (once more to stop at once)');
  }

  /** Listens to everything that can end a process. */
  watch(target: NodeJS.Process): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) target.on(signal, () => this.request('signal'));
    if (target.connected) {
      target.on('message', (message) => message === 'stop' && this.request('launcher'));
      target.on('disconnect', () => this.end(0, 'the launcher is gone, stopping …'));
    }
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      target.on(event, (error: unknown) =>
        this.end(1, `unexpected error: ${(error as Error)?.stack ?? String(error)}`),
      );
    }
    // The terminal may be gone before we are.
    for (const stream of [target.stdout, target.stderr]) stream.on('error', () => undefined);
  }
}
