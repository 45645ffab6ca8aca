import { unavailable, type JsonValue } from '#kernel';
import type { Moment, Script } from './engine';
import type { ScriptValues } from './sandbox';

import { SandboxThreads, tooMany, type EvaluationOptions, type SandboxThreadsOptions } from './sandbox-threads';
import { ScriptError } from './script-error';

/** Milliseconds that the expressions of one node may take together, where nothing else is said. */
export const EXPRESSION_MS = 250;
/** Milliseconds that a script which is a node of its own may take, where nothing else is said. */
export const CODE_MS = 5_000;
/** Milliseconds that anybody may give to a script. */
export const LONGEST_SCRIPT_MS = 30_000;

export interface FairSandboxOptions extends SandboxThreadsOptions {
  /** Evaluations of one tenant that may wait for a thread. */
  waitingOfTenant: number;
}

/** One tenant's scripts, for those who need not know of others. */
export interface TenantSandbox {
  /** @throws as `FairSandbox.check` */
  check(script: Script, options?: EvaluationOptions): Promise<void>;
  /** @throws as `FairSandbox.evaluateAll` */
  evaluate(
    script: Script,
    values: ScriptValues,
    moment: Moment,
    options?: EvaluationOptions,
  ): Promise<JsonValue | undefined>;
  /** @throws as `FairSandbox.evaluateAll` */
  evaluateAll(
    scripts: readonly Script[],
    values: ScriptValues,
    moment: Moment,
    options?: EvaluationOptions,
  ): Promise<(JsonValue | undefined)[]>;
}

interface Tenant {
  running: number;
  waiting: (() => void)[];
}

/**
 * `SandboxThreads` shared by tenants: each runs on at most all threads but one, so that one with endless scripts leaves
 * room, and those that wait take turns by tenant. An idle tenant costs nothing.
 */
export class FairSandbox {
  private readonly threads: SandboxThreads;
  /** Those who run or wait; the next to get a thread first. */
  private readonly tenants = new Map<string, Tenant>();
  private readonly share: number;
  private running = 0;
  private waiting = 0;
  private closed = false;

  constructor(private readonly options: FairSandboxOptions) {
    this.threads = new SandboxThreads(options);
    this.share = Math.max(1, options.threads - 1);
  }

  /** Whether a script can be compiled. @throws ScriptError `syntax`, with the place; as `evaluateAll`. */
  check(tenant: string, script: Script, options: EvaluationOptions = {}): Promise<void> {
    return this.inTurn(tenant, options.signal, () => this.threads.check(script, options));
  }

  /**
   * As `Sandbox.evaluateAll`, in the tenant's turn. `options.timeMs` counts from the moment it has a thread.
   * @throws ScriptError; the signal's reason; DomainError `unavailable` when too many wait or all is ending.
   */
  async evaluateAll(
    tenant: string,
    scripts: readonly Script[],
    values: ScriptValues,
    moment: Moment,
    options: EvaluationOptions = {},
  ): Promise<(JsonValue | undefined)[]> {
    if (scripts.length === 0) return [];
    return this.inTurn(tenant, options.signal, () => this.threads.evaluateAll(scripts, values, moment, options));
  }

  /** One tenant's view, with its own usual time. */
  forTenant(tenant: string, { timeMs = EXPRESSION_MS }: { timeMs?: number } = {}): TenantSandbox {
    const evaluateAll: TenantSandbox['evaluateAll'] = (scripts, values, moment, options) =>
      this.evaluateAll(tenant, scripts, values, moment, { timeMs, ...options });
    return {
      check: (script, options) => this.check(tenant, script, { timeMs, ...options }),
      evaluate: async (script, values, moment, options) => (await evaluateAll([script], values, moment, options))[0],
      evaluateAll,
    };
  }

  /** Lets nothing more begin, refuses what waits and ends what runs. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { waiting } of this.tenants.values()) for (const begin of waiting.splice(0)) begin();
    await this.threads.close();
  }

  private async inTurn<T>(id: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const tenant = this.tenants.get(id) ?? { running: 0, waiting: [] };
    await this.turn(id, tenant, signal);
    try {
      if (this.closed) throw ending();
      return await work();
    } catch (error) {
      // Of a thread that was ended under it.
      throw this.closed && !(error instanceof ScriptError) ? ending() : error;
    } finally {
      this.running--;
      tenant.running--;
      this.toTheEnd(id, tenant);
      this.startNext();
    }
  }

  /** Resolves when the tenant may use a thread, which is then counted as its own. */
  private async turn(id: string, tenant: Tenant, signal: AbortSignal | undefined): Promise<void> {
    if (!this.closed && !this.mayRun(tenant)) {
      if (this.waiting >= this.options.waiting || tenant.waiting.length >= this.options.waitingOfTenant)
        throw tooMany();
      this.tenants.set(id, tenant);
      await this.wait(id, tenant, signal);
    } else {
      this.take(id, tenant);
    }
  }

  private async wait(id: string, tenant: Tenant, signal: AbortSignal | undefined): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const begin = (): void => {
      this.waiting--;
      this.take(id, tenant);
      turn.resolve();
    };
    const leave = (): void => {
      const place = tenant.waiting.indexOf(begin);
      if (place === -1) return;
      tenant.waiting.splice(place, 1);
      this.waiting--;
      if (isIdle(tenant)) this.tenants.delete(id);
      turn.reject(signal!.reason as Error);
    };
    tenant.waiting.push(begin);
    this.waiting++;
    signal?.addEventListener('abort', leave);
    await turn.promise.finally(() => signal?.removeEventListener('abort', leave));
  }

  private take(id: string, tenant: Tenant): void {
    this.running++;
    tenant.running++;
    this.toTheEnd(id, tenant);
  }

  private startNext(): void {
    for (const tenant of this.tenants.values()) {
      if (tenant.waiting.length > 0 && this.mayRun(tenant)) return tenant.waiting.shift()!();
    }
  }

  private mayRun(tenant: Tenant): boolean {
    return this.running < this.options.threads && tenant.running < this.share;
  }

  /** Of the line. Whoever neither runs nor waits is none of it. */
  private toTheEnd(id: string, tenant: Tenant): void {
    this.tenants.delete(id);
    if (!isIdle(tenant)) this.tenants.set(id, tenant);
  }
}

const ending = () => unavailable('Scripts are not run any more: the process ends');

const isIdle = ({ running, waiting }: Tenant): boolean => running === 0 && waiting.length === 0;
