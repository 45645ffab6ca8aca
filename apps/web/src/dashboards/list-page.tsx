import { useState } from 'preact/hooks';
import type { DashboardSummary, Folder } from '../api/types';
import { useHub } from '../app/context';
import { useAddress, useTitle } from '../app/router';
import { Button } from '../ui/button';
import { Icon } from '../ui/icons';
import { Menu, MenuItem } from '../ui/menu';
import { Empty, Failure, Loading } from '../ui/states';
import { useLoad, useRested } from '../ui/use-load';
import {
  CloneDashboard,
  DeleteDashboard,
  DeleteFolder,
  FolderDialog,
  NewDashboard,
  useFolders,
} from './dashboard-dialogs';
import { ago } from './format';

type Open =
  | { kind: 'new' | 'new-folder' }
  | { kind: 'rename-folder' | 'delete-folder'; folder: Folder }
  | { kind: 'clone' | 'delete'; dashboard: DashboardSummary };

const MOST = 200;

/** `/dashboards`: those of one folder, or those that a search finds in all of them. */
export function DashboardListPage() {
  useTitle('Dashboards');
  const { client, can } = useHub();
  const address = useAddress();
  const folderId = address.searchParams.get('folder') ?? '';
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<Open>();
  const asked = useRested(search.trim());
  const folders = useFolders();
  const dashboards = useLoad(
    (signal) => {
      const place = asked === '' ? { folderId: folderId || 'root' } : { search: asked };
      return client.read<DashboardSummary[]>('/uns/dashboards', { ...place, limit: MOST, sort: 'name' }, signal);
    },
    [asked, folderId],
  );
  const writes = can('dashboards:write');
  const reload = (): void => {
    folders.reload();
    dashboards.reload();
  };
  const all = folders.data ?? [];
  const searching = asked !== '';
  const here = dashboards.data?.data ?? [];
  const total = dashboards.data?.meta.total ?? 0;
  const below = searching ? [] : all.filter((folder) => (folder.parentId ?? '') === folderId);
  const error = dashboards.error ?? folders.error;

  return (
    <div class="page">
      <header class="page-head">
        <div class="page-title">
          <Crumbs folders={all} folderId={folderId} />
          <h1>{all.find(({ id }) => id === folderId)?.name ?? 'Dashboards'}</h1>
        </div>
        <div class="tools">
          <label class="search">
            <Icon name="search" />
            <input
              type="search"
              aria-label="Search dashboards"
              placeholder="Search"
              value={search}
              onInput={(event) => setSearch((event.target as HTMLInputElement).value)}
            />
          </label>
          {writes && (
            <>
              <Button icon="folder" onClick={() => setOpen({ kind: 'new-folder' })}>
                New folder
              </Button>
              <Button kind="main" icon="add" onClick={() => setOpen({ kind: 'new' })}>
                New dashboard
              </Button>
            </>
          )}
        </div>
      </header>
      {error !== undefined && !dashboards.data && <Failure error={error} onRetry={reload} />}
      {dashboards.loading && <Loading what="dashboards" />}
      {dashboards.data && here.length + below.length === 0 && (
        <Empty icon="chart" title={searching ? `Nothing is called “${asked}”` : 'No dashboards here yet'}>
          <p class="soft">
            {searching
              ? 'Names and descriptions are searched.'
              : writes
                ? 'A dashboard shows the values of topics as charts, figures and tables.'
                : 'Somebody who may change dashboards can make one.'}
          </p>
        </Empty>
      )}
      {here.length + below.length > 0 && (
        <ul class="cards">
          {below.map((folder) => (
            <li key={folder.id} class="card">
              <a class="card-link" href={`/dashboards?folder=${folder.id}`}>
                <Icon name="folder" />
                <span class="card-name">{folder.name}</span>
                <span class="soft">Folder</span>
              </a>
              {writes && (
                <Menu label={`Folder ${folder.name}`} icon="more">
                  <MenuItem icon="edit" onSelect={() => setOpen({ kind: 'rename-folder', folder })}>
                    Rename
                  </MenuItem>
                  <MenuItem icon="trash" danger onSelect={() => setOpen({ kind: 'delete-folder', folder })}>
                    Delete
                  </MenuItem>
                </Menu>
              )}
            </li>
          ))}
          {here.map((dashboard) => (
            <li key={dashboard.id} class="card">
              <a class="card-link" href={`/dashboards/${dashboard.id}`}>
                <Icon name="chart" />
                <span class="card-name">{dashboard.name}</span>
                <span class="soft">
                  {dashboard.description || (dashboard.updatedAt ? `Changed ${ago(dashboard.updatedAt)}` : '')}
                </span>
              </a>
              {writes && (
                <Menu label={`Dashboard ${dashboard.name}`} icon="more">
                  <MenuItem icon="copy" onSelect={() => setOpen({ kind: 'clone', dashboard })}>
                    Clone
                  </MenuItem>
                  <MenuItem icon="trash" danger onSelect={() => setOpen({ kind: 'delete', dashboard })}>
                    Delete
                  </MenuItem>
                </Menu>
              )}
            </li>
          ))}
        </ul>
      )}
      {total > MOST && (
        <p class="soft more">
          {MOST} of {total} are shown. Search for the others.
        </p>
      )}
      {open && <OpenDialog open={open} folderId={folderId} onClose={() => setOpen(undefined)} onSaved={reload} />}
    </div>
  );
}

interface OpenDialogProps {
  open: Open;
  folderId: string;
  onClose: () => void;
  onSaved: () => void;
}

function OpenDialog({ open, folderId, onClose, onSaved }: OpenDialogProps) {
  const common = { onClose, onSaved };
  switch (open.kind) {
    case 'new':
      return <NewDashboard folderId={folderId} onClose={onClose} />;
    case 'new-folder':
      return <FolderDialog parentId={folderId} {...common} />;
    case 'rename-folder':
      return <FolderDialog folder={open.folder} parentId={folderId} {...common} />;
    case 'delete-folder':
      return <DeleteFolder folder={open.folder} {...common} />;
    case 'clone':
      return <CloneDashboard dashboard={open.dashboard} onClose={onClose} />;
    case 'delete':
      return <DeleteDashboard dashboard={open.dashboard} onDeleted={onSaved} onClose={onClose} />;
  }
}

/** The folders above. */
function Crumbs({ folders, folderId }: { folders: readonly Folder[]; folderId: string }) {
  if (folderId === '') return null;
  const path: Folder[] = [];
  for (let at = parentOf(folders, folderId); at; at = parentOf(folders, at.id)) path.unshift(at);
  return (
    <nav aria-label="Breadcrumb" class="crumbs">
      <a href="/dashboards">Dashboards</a>
      {path.map(({ id, name }) => (
        <a key={id} href={`/dashboards?folder=${id}`}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function parentOf(folders: readonly Folder[], id: string): Folder | undefined {
  const folder = folders.find((one) => one.id === id);
  return folders.find((one) => one.id === folder?.parentId);
}
