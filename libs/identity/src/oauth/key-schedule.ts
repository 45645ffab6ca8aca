/** What of a signing key decides about its place. */
export interface ScheduledKey {
  kid: string;
  createdAt: Date;
  /** From when on it may sign. */
  signsFrom: Date;
}

/** `verifying`: published, signs from its time on; `signing`; `retiring`: signs no more, but what it signed holds. */
export type KeyStatus = 'verifying' | 'signing' | 'retiring';

export interface KeyState extends ScheduledKey {
  status: KeyStatus;
  /** When the last token that it signed has expired, and it is removed; null while it signs or is to. */
  verifiesUntil: Date | null;
}

/** The longest life of anything signed (24 hours), and an hour for clocks that differ and housekeeping to come round. */
const VERIFIES_MS = 25 * 3_600_000;

/** A key signs for 90 days, then another takes over. */
const SIGNS_MS = 90 * 24 * 3_600_000;

/** The keys with their places, the one that signs first. Of keys that are all to come, the earliest signs already. */
export function keySchedule(keys: readonly ScheduledKey[], now: number): KeyState[] {
  const ordered = keys.toSorted(
    (a, b) => b.signsFrom.getTime() - a.signsFrom.getTime() || (a.kid < b.kid ? -1 : Number(a.kid > b.kid)),
  );
  const begun = ordered.findIndex(({ signsFrom }) => signsFrom.getTime() <= now);
  const signing = begun === -1 ? ordered.length - 1 : begun;
  const states = ordered.map(({ kid, createdAt, signsFrom }, index): KeyState => {
    const status = index < signing ? 'verifying' : index === signing ? 'signing' : 'retiring';
    const relieved = ordered[index - 1]?.signsFrom.getTime();
    const verifiesUntil = status === 'retiring' ? new Date(relieved! + VERIFIES_MS) : null;
    return { kid, createdAt, signsFrom, status, verifiesUntil };
  });
  return [...states.slice(signing), ...states.slice(0, signing).toReversed()];
}

/** Retired keys that nothing can rest on any more. */
export const outlivedKeys = (schedule: readonly KeyState[], now: number): string[] =>
  schedule.filter(({ verifiesUntil }) => verifiesUntil && verifiesUntil.getTime() <= now).map(({ kid }) => kid);

/** Whether it is time for another key: the one that signs is old, and none is to come. */
export const rotationIsDue = (schedule: readonly KeyState[], now: number): boolean =>
  schedule.every(
    ({ status, signsFrom }) => status === 'retiring' || (status === 'signing' && signsFrom.getTime() + SIGNS_MS <= now),
  );
