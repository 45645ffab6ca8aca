import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Client } from '../api/client';
import type { Profile } from '../api/types';

export type Organization = Profile['organizations'][number];

/** Who is here, where, and what they may do there. */
export interface Hub {
  client: Client;
  profile: Profile;
  organization: Organization;
  /** False where somebody stays with what is not saved. */
  choose: (organizationId: string) => boolean;
  /** By token and role. Whatever this says, the API decides. */
  can: (scope: string) => boolean;
}

const HubContext = createContext<Hub | undefined>(undefined);

export const HubProvider = HubContext.Provider;

export function useHub(): Hub {
  const hub = useContext(HubContext);
  if (!hub) throw new Error('used outside of the pages');
  return hub;
}

const KEY = 'hub.organization';

/** The one of last time, else the first. */
export function chosenOrganization({ organizations }: Profile): Organization | undefined {
  const kept = localStorage.getItem(KEY);
  return organizations.find(({ id }) => id === kept) ?? organizations[0];
}

export const keepOrganization = (id: string): void => localStorage.setItem(KEY, id);

export const rightsOf =
  ({ user, scopes }: Profile, { role }: Organization) =>
  (scope: string): boolean => {
    const reads = scope.endsWith(':read');
    const granted = scopes.some((one) => one === scope || one.startsWith(`${scope}:`));
    return granted && (reads || role !== 'viewer' || user.systemAdmin);
  };
