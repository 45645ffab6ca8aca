export interface Problem {
  field: string;
  message: string;
}

/** A refusal or failure, in words for whoever sits in front of it. */
export class ApiError extends Error {
  constructor(
    /** 0 where nobody answered. */
    readonly status: number,
    message: string,
    readonly problems: readonly Problem[] = [],
    /** The answer's id, by which operators find it in the logs. */
    readonly requestId?: string,
  ) {
    super(message);
  }

  get isConflict(): boolean {
    return this.status === 412 || this.status === 409;
  }

  /** What can be done about it; nothing where the message says that already. */
  get advice(): string | undefined {
    if (this.status === 0) return 'Check the network, or whether the platform is running.';
    if (this.status === 403) return 'Ask an administrator of the organization for the right to do this.';
    if (this.status === 404) return 'It may have been deleted, or belong to another organization.';
    if (this.status === 412) return 'Somebody else has changed it in the meantime.';
    if (this.status === 429) return 'Wait a moment, then try again.';
    if (this.status === 503) return 'A part of the platform is not available right now. Try again in a moment.';
    if (this.status >= 500) return `Try again; if it stays so, tell an administrator ${this.requestId ?? ''}.`;
    return undefined;
  }
}

export const wordsFor = (error: unknown): string =>
  error instanceof ApiError ? [error.message, error.advice].filter(Boolean).join(' ') : String(error);
