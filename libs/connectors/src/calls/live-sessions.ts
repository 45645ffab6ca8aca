import { Injectable } from '@nestjs/common';
import type { Session } from '../protocols';

/** A live connection that this process owns. */
export interface LiveConnection {
  /** Works with its session. @throws ConnectorError where it is not connected, or is lost meanwhile */
  use<T>(signal: AbortSignal, work: (session: Session, signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** The live connections of this process: the supervisor says which, calls look them up. */
@Injectable()
export class LiveSessions {
  private readonly owned = new Map<string, LiveConnection>();

  own(connectionId: string, connection: LiveConnection): void {
    this.owned.set(connectionId, connection);
  }

  disown(connectionId: string): void {
    this.owned.delete(connectionId);
  }

  find(connectionId: string): LiveConnection | undefined {
    return this.owned.get(connectionId);
  }
}
