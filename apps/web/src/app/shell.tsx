import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Menu, MenuItem } from '../ui/menu';
import { Toasts } from '../ui/toast';
import { useHub } from './context';
import { chooseTheme, keptTheme, type Theme } from './theme';

export interface Place {
  path: string;
  name: string;
}

const THEMES = [
  { theme: 'system', name: 'As the system', icon: 'monitor' },
  { theme: 'light', name: 'Light', icon: 'sun' },
  { theme: 'dark', name: 'Dark', icon: 'moon' },
] as const;

/** What is around every page. */
export function Shell({
  places,
  path,
  children,
}: {
  places: readonly Place[];
  path: string;
  children: ComponentChildren;
}) {
  const before = useRef(path);
  useEffect(() => {
    // Whoever hears the page is told that it is another one.
    if (before.current !== path) document.getElementById('content')?.focus();
    before.current = path;
  }, [path]);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/dashboards">
          Maestro<span>Hub</span>
        </a>
        <nav class="places" aria-label="Pages">
          {places.map((place) => (
            <a key={place.path} href={place.path} aria-current={path.startsWith(place.path) ? 'page' : undefined}>
              {place.name}
            </a>
          ))}
        </nav>
        <div class="top-end">
          <OrganizationChoice />
          <ThemeChoice />
          <Account />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Toasts />
    </div>
  );
}

function OrganizationChoice() {
  const { profile, organization, choose } = useHub();
  if (profile.organizations.length < 2) return <span class="organization soft">{organization.name}</span>;
  return (
    <select
      class="organization"
      aria-label="Organization"
      value={organization.id}
      onChange={({ currentTarget }) => {
        if (!choose(currentTarget.value)) currentTarget.value = organization.id;
      }}
    >
      {profile.organizations.map(({ id, name }) => (
        <option key={id} value={id} selected={id === organization.id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useState(keptTheme());
  const choose = (next: Theme): void => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <Menu label="Colours" icon={THEMES.find((one) => one.theme === theme)!.icon}>
      {THEMES.map(({ theme: one, name, icon }) => (
        <MenuItem key={one} icon={icon} selected={one === theme} onSelect={() => choose(one)}>
          {name}
        </MenuItem>
      ))}
    </Menu>
  );
}

function Account() {
  const { profile, organization, client } = useHub();
  const { firstName, lastName, email } = profile.user;
  return (
    <Menu label="Account" icon="user">
      <div class="menu-note">
        <strong>{`${firstName} ${lastName}`.trim() || email}</strong>
        <span class="soft">{email}</span>
        <span class="soft">
          {organization.role} in {organization.name}
        </span>
      </div>
      <MenuItem onSelect={() => location.assign('/swagger/index.html')}>API reference</MenuItem>
      <MenuItem onSelect={() => void client.session.signOut()}>Sign out</MenuItem>
    </Menu>
  );
}
