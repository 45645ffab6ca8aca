import type { TestApp } from '#testing';
import type { Caller } from './caller';

/*
 * What the OpenAPI document cannot tell. Everything else is made from it: a thing of `/things/:id` by POST /things, with
 * a body of examples. An entry here needs a reason that no example or format could take away.
 */

export interface Making {
  app: TestApp;
  /** For whom it is made. */
  caller: Caller;
  /** The organization it is made in. */
  organizationId: string;
}

/** Collections (without the prefix) whose things are not made by a POST to them: gives the id of a new one. */
export const MAKERS: Readonly<Record<string, (making: Making) => Promise<string>>> = {
  // The organization of the path is the one that the call is about; making another would leave its rights behind.
  '/organizations': ({ organizationId }) => Promise.resolve(organizationId),
  // A session is made by signing in, which answers with a token in place of an address.
  '/auth/sessions': async ({ app, caller }) => {
    const token = await app.signIn(caller.user);
    return (await app.api(token).get('/auth/me')).body.data.credential.id as string;
  },
};

/** Fields that name a thing by its id and are not called after its collection (`folderId` → `…/folders` needs no entry). */
export const COLLECTIONS: Readonly<Record<string, string>> = {
  // The user as whom a client acts: its part in the client, not a collection of its own.
  serviceUserId: '/admin/users',
};

/** Queries that name a thing by something other than an id: the collection, and the field of its things. */
export const NAMES: Readonly<Record<string, { collection: string; field: string }>> = {
  // Topics are read by their path; in bodies it is made on the way, so this is for queries alone.
  topic: { collection: '/uns/topics', field: 'topic' },
};

/** What has to be done first, by the last segment: an action that takes another one back finds nothing to do. */
export const UNDOES: Readonly<Record<string, { method: string; segment: string }>> = {
  activate: { method: 'POST', segment: 'suspend' },
  enable: { method: 'POST', segment: 'disable' },
  restore: { method: 'DELETE', segment: '' },
};
