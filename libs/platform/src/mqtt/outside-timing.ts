import { Injectable } from '@nestjs/common';

/** How patient a process is with outside brokers, in milliseconds. Tests are less so. */
@Injectable()
export class OutsideTiming {
  /** A process that was killed may be back within this time, and takes its session up itself. */
  orphanedMs = 60_000;
  lookMs = 1_000;
  /** A process that ends has this long to fetch what the broker holds for it: less than the phase in which it does so. */
  leaveMs = 4_000;
  /** A start does not wait longer for the broker: without it the settings could not be changed, either. */
  startMs = 5_000;
  /** How often the choice of the broker is looked at, as a signal may get lost. */
  choiceMs = 5_000;
  /** A broker that is no longer in use is listened to until nothing has come from it for so long. */
  quietMs = 60_000;
  /** … or until it could not be listened to for so long: its sessions have expired by then (`SESSION_EXPIRY`). */
  abandonMs = 86_400_000;
}
