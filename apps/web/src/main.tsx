import { render } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Client } from './api/client';
import { readSettings } from './api/settings';
import { here, Session, SignInProblem } from './api/session';
import type { Profile } from './api/types';
import { chosenOrganization, HubProvider, keepOrganization, rightsOf, type Hub } from './app/context';
import { followLinks, navigate, useAddress } from './app/router';
import { Shell, type Place } from './app/shell';
import { startTheme } from './app/theme';
import { SignedOut } from './app/signed-out';
import { Boundary, lazy } from './ui/lazy';
import { Empty, Failure } from './ui/states';

const PLACES: readonly Place[] = [
  { path: '/dashboards', name: 'Dashboards' },
  { path: '/explorer', name: 'Explorer' },
  { path: '/dependencies', name: 'Dependencies' },
];

const DashboardList = lazy(async () => (await import('./dashboards/list-page')).DashboardListPage);
const DashboardPage = lazy(async () => (await import('./dashboards/dashboard-page')).DashboardPage);
const ExplorerPage = lazy(async () => (await import('./explorer/explorer-page')).ExplorerPage);
const DependenciesPage = lazy(async () => (await import('./dependencies/dependencies-page')).DependenciesPage);

function App({ client, profile }: { client: Client; profile: Profile }) {
  const [organization, setOrganization] = useState(() => chosenOrganization(profile));
  const address = useAddress();
  client.organizationId = organization?.id;
  const hub = useMemo((): Hub | undefined => {
    if (!organization) return undefined;
    const choose = (id: string): boolean => {
      // What is looked at belongs to this one alone.
      if (!navigate(`/${areaOf(location.pathname)}`)) return false;
      keepOrganization(id);
      setOrganization(profile.organizations.find((one) => one.id === id));
      return true;
    };
    return { client, profile, organization, choose, can: rightsOf(profile, organization) };
  }, [client, profile, organization]);
  if (!hub) {
    return (
      <Empty title="You belong to no organization yet">
        <p class="soft">Ask an administrator to add {profile.user.email} to one.</p>
      </Empty>
    );
  }
  return (
    <HubProvider value={hub}>
      <Shell places={PLACES} path={address.pathname}>
        <Boundary key={`${hub.organization.id} ${address.pathname}`}>{pageAt(address.pathname)}</Boundary>
      </Shell>
    </HubProvider>
  );
}

const areaOf = (path: string): string => path.split('/')[1]!;

function pageAt(path: string) {
  const [area, id] = [areaOf(path), path.split('/')[2]];
  if (area === 'explorer') return <ExplorerPage />;
  if (area === 'dependencies') return <DependenciesPage />;
  return id ? <DashboardPage id={id} /> : <DashboardList />;
}

async function start(root: HTMLElement): Promise<void> {
  const settings = readSettings();
  // Signing in comes back to the one address that is known; storage belongs to it alone.
  if (location.origin !== new URL(settings.url).origin) return location.replace(settings.url + here());
  startTheme();
  const session = new Session(settings);
  if (location.pathname === '/signed-out') return render(<SignedOut session={session} />, root);
  if (location.pathname !== settings.redirectPath) return session.begin(here());
  try {
    const returnTo = await session.finish(new URLSearchParams(location.search));
    history.replaceState(null, '', returnTo);
  } catch (error) {
    if (!(error instanceof SignInProblem)) throw error;
    history.replaceState(null, '', '/signed-out');
    return render(<SignedOut session={session} problem={error.message} />, root);
  }
  const client = new Client(session);
  const profile = await client.get<Profile>('/auth/me');
  followLinks();
  render(<App client={client} profile={profile} />, root);
}

const root = document.getElementById('app')!;
start(root).catch((error: unknown) =>
  render(<Failure error={error} onRetry={() => location.assign('/dashboards')} />, root),
);
