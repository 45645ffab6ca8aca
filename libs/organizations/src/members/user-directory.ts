import type { PageRequest } from '#platform/database';
import type { Page } from '#kernel';

/** Somebody as members of an organization may know them. */
export interface DirectoryUser {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
}

/** Who users are. Implemented by the identity area; deleted users are none. */
export abstract class UserDirectory {
  /** Those of the given users with the text in name or e-mail address, by last name. */
  abstract page(ids: readonly string[], request: PageRequest & { search?: string }): Promise<Page<DirectoryUser>>;

  abstract find(id: string): Promise<DirectoryUser | undefined>;

  abstract findByEmail(email: string): Promise<DirectoryUser | undefined>;
}
