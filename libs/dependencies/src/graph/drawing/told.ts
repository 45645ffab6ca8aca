import type { Drawing } from './drawing';

/** An answer that can be given in several forms. */
export interface Told {
  /** The data as JSON, in its envelope. */
  json: () => Buffer;
  /** The same, compressed (RFC 1952), where somebody has done that before. */
  gzip?: () => Buffer | undefined;
  drawing: () => Promise<Drawing>;
  /** The same for the same answer, where that is known. */
  tag?: string;
}
