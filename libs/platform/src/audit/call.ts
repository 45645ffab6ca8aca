import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor, Member } from '#kernel';

/** The request being served, for those who write down who did what. */
export interface Call {
  requestId: string;
  /** Where it comes from, as the server sees it; empty where that is not known. */
  address: string;
  userAgent: string | undefined;
  /** Known once the guard has let it in. */
  caller?: Actor | Member;
  /** The scope that the route demands. */
  scope?: string | undefined;
}

const calls = new AsyncLocalStorage<Call>();

export const withCall = <T>(call: Call, work: () => T): T => calls.run(call, work);

/** undefined for work that no request asked for: schedules, maintenance, the first start. */
export const currentCall = (): Call | undefined => calls.getStore();
