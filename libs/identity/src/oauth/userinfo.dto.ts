/** Claims of OpenID Connect Core, section 5.1. */
export class UserInfoView {
  /** Id of the user. @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  sub!: string;

  /** With the scope `profile`, like the next three. @example "Ada Lovelace" */
  name?: string;

  given_name?: string;

  family_name?: string;

  /** Seconds since 1970. */
  updated_at?: number;

  /** With the scope `email`. @example "ada@example.com" */
  email?: string;
}
