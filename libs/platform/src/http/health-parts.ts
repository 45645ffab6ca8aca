import { Injectable } from '@nestjs/common';

export interface HealthPart {
  name: string;
  /** Rejects while the part cannot do its work. */
  check: () => Promise<void>;
}

/** The parts that readiness depends on; each registers itself when it starts. */
@Injectable()
export class HealthParts {
  private readonly parts: HealthPart[] = [];

  register(name: string, check: () => Promise<void>): void {
    this.parts.push({ name, check });
  }

  all(): readonly HealthPart[] {
    return this.parts;
  }
}
