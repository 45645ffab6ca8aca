/** What every credential of a user is looked up with: only somebody active has working credentials. */
export const ACTIVE_USER = `u.status = 'active' AND u.deleted_at IS NULL`;

/** E-mail addresses are one account in whatever case they are typed. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();
