import { DomainError } from '#kernel';
import { harmlessSvg } from './harmless-svg';

export type SvgOutcome = { svg: string; problem?: never } | { problem: string; svg?: never };

/** What runs in the thread of `SvgCleaner`. */
export default async function clean(text: string): Promise<SvgOutcome> {
  try {
    return { svg: await harmlessSvg(text) };
  } catch (error) {
    if (error instanceof DomainError) return { problem: error.message };
    throw error;
  }
}
