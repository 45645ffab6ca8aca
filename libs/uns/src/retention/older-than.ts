const DAY_MS = 86_400_000;

/** What was measured before it is kept no longer. */
export const olderThan = (days: number, now: Date): Date => new Date(now.getTime() - days * DAY_MS);
