import type { ProcessBrokerStatus, TenantTraffic } from '#platform/mqtt';

/** Messages a second over the last few seconds. */
export interface Rates {
  inPerSecond: number;
  outPerSecond: number;
}

export type TenantReport = TenantTraffic & Rates;

/** What a process says of itself. */
export interface ProcessReport {
  id: string;
  host: string;
  pid: number;
  roles: readonly string[];
  startedAt: Date;
  broker: ProcessBrokerStatus & Rates;
  /** By their ids. */
  organizations: Readonly<Record<string, TenantReport>>;
}

interface Totals {
  messagesIn: number;
  messagesOut: number;
}

/** Turns totals, told again and again, into rates. */
export class RateMeter {
  private last: { at: number; totals: ReadonlyMap<string, Totals> } | undefined;

  /** @param now milliseconds of a clock that does not jump. @returns the rates of each; 0 where nothing is known yet. */
  measure(now: number, totals: ReadonlyMap<string, Totals>): (key: string) => Rates {
    const { last } = this;
    this.last = { at: now, totals };
    const seconds = last ? (now - last.at) / 1000 : 0;
    return (key) => {
      const current = totals.get(key);
      if (!last || seconds <= 0 || !current) return { inPerSecond: 0, outPerSecond: 0 };
      const before = last.totals.get(key) ?? { messagesIn: 0, messagesOut: 0 };
      return {
        inPerSecond: perSecond(current.messagesIn - before.messagesIn, seconds),
        outPerSecond: perSecond(current.messagesOut - before.messagesOut, seconds),
      };
    };
  }
}

/** To a tenth; counters that began anew say nothing. */
const perSecond = (count: number, seconds: number): number => Math.max(0, Math.round((count / seconds) * 10) / 10);
