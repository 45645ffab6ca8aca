import type { MessagePort } from 'node:worker_threads';
import { DomainError } from '#kernel';
import { harmlessSvg } from './harmless-svg';

export interface SvgTask {
  text: string;
  /** Is sent a message when the time for the drawing begins. */
  begun: MessagePort;
}

export type SvgOutcome = { svg: string; problem?: never } | { problem: string; svg?: never };

/** What runs in the thread of `SvgCleaner`. */
export default async function clean({ text, begun }: SvgTask): Promise<SvgOutcome> {
  try {
    return { svg: await harmlessSvg(text, () => begun.postMessage(null)) };
  } catch (error) {
    if (error instanceof DomainError) return { problem: error.message };
    throw error;
  }
}
