/** A sign-in ends this long after it at the latest. */
export const SESSION_SECONDS = 12 * 60 * 60;

/** It ends earlier when nobody has used it for this long; use is noted once a minute. */
export const IDLE = `interval '2 hours'`;

/** More of one user at once end the oldest. */
export const MOST_SESSIONS = 100;

/** What holds for a session that still gives access. */
export const LIVE_SESSION = `s.revoked_at IS NULL AND s.expires_at > now() AND s.last_seen_at > now() - ${IDLE}`;
