import { Injectable } from '@nestjs/common';

/** How patient ingest is with sessions that nobody has, in milliseconds. Tests are less so. */
@Injectable()
export class OutsideTiming {
  /** A process that was killed may be back within this time, and takes its session up itself. */
  orphanedMs = 60_000;
  lookMs = 1_000;
  /** A process that ends has this long to fetch what the broker holds for it: less than the phase in which it does so. */
  leaveMs = 4_000;
}
