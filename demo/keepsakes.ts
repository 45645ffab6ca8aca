import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

/** What the demo has to know again when it is started a second time. */
export interface Keepsakes {
  password: string;
  /** The access token of the board, and of the lines to paste, with its organization. */
  token?: string;
  organizationId?: string;
}

/** The demo's own folder: the hub's data, the hub's log, and what is kept here. */
export class DataFolder {
  readonly path: string;
  private readonly file: string;

  /** @throws StartError when it cannot be made */
  constructor(path: string) {
    this.path = path;
    this.file = join(path, 'keepsakes.json');
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new StartError(`${path} cannot be made: ${(error as Error).message}; give another one by --data-dir`);
    }
  }

  join(name: string): string {
    return join(this.path, name);
  }

  /** What was kept; a new password where nothing was. @throws StartError for a file that is damaged */
  recall(): Keepsakes {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      const made = { password: randomBytes(12).toString('base64url') };
      this.keep(made);
      return made;
    }
    try {
      return JSON.parse(text) as Keepsakes;
    } catch {
      throw new StartError(`${this.file} is damaged: remove ${this.path} to begin anew`);
    }
  }

  /** Readable for this user alone. */
  keep(keepsakes: Keepsakes): void {
    writeFileSync(this.file, JSON.stringify(keepsakes), { mode: 0o600 });
    chmodSync(this.file, 0o600);
  }
}
