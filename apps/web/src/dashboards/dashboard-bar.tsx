import { useState } from 'preact/hooks';
import type { StreamState } from '../api/record-stream';
import { useHub } from '../app/context';
import { navigate } from '../app/router';
import { Button, IconButton } from '../ui/button';
import { Menu, MenuItem } from '../ui/menu';
import { CloneDashboard, DeleteDashboard, DashboardSettings } from './dashboard-dialogs';
import { LiveBadge } from './live-badge';
import { TimePicker } from './time-picker';
import { formatDate } from './format';
import { describe, isLive, type TimeRange } from './time-range';
import type { DashboardEditor } from './use-dashboard';

interface DashboardBarProps {
  editor: DashboardEditor;
  range: TimeRange;
  refresh: number;
  state: StreamState | undefined;
  onRange: (range: TimeRange) => void;
  onRefresh: (seconds: number) => void;
  onReload: () => void;
  onAddPanel: () => void;
}

const INTERVALS = [
  [0, 'By the stream alone'],
  [5, 'Every 5 seconds'],
  [30, 'Every 30 seconds'],
  [60, 'Every minute'],
  [300, 'Every 5 minutes'],
] as const;

type Open = 'settings' | 'clone' | 'delete';

/** What stands above the panels: name, time, and what can be done. */
export function DashboardBar(props: DashboardBarProps) {
  const { editor, range, refresh, state, onRange, onRefresh, onReload } = props;
  const { can } = useHub();
  const [open, setOpen] = useState<Open>();
  const dashboard = editor.dashboard!;
  const close = (): void => setOpen(undefined);
  return (
    <header class="page-head">
      <div class="page-title">
        <nav aria-label="Breadcrumb" class="crumbs">
          <a href="/dashboards">Dashboards</a>
        </nav>
        <h1>{dashboard.name}</h1>
        {dashboard.description && <p class="soft">{dashboard.description}</p>}
        <p class="on-paper soft">
          {describe(range)}, printed {formatDate(Date.now())}
        </p>
      </div>
      <div class="tools">
        {state && <LiveBadge state={state} />}
        {!isLive(range) && (
          <Button icon="back" onClick={() => onRange(editor.dashboard!.timeRange)}>
            Back to live
          </Button>
        )}
        <TimePicker range={range} onChange={onRange} />
        <Menu label="Refresh" icon="refresh">
          <MenuItem icon="refresh" onSelect={onReload}>
            Now
          </MenuItem>
          {INTERVALS.map(([seconds, words]) => (
            <MenuItem key={seconds} selected={seconds === refresh} onSelect={() => onRefresh(seconds)}>
              {words}
            </MenuItem>
          ))}
        </Menu>
        {editor.editing ? (
          <EditTools {...props} onSettings={() => setOpen('settings')} />
        ) : (
          <>
            {can('dashboards:write') && (
              <Button icon="edit" onClick={editor.begin}>
                Edit
              </Button>
            )}
            <Menu label="More" icon="more">
              <MenuItem icon="print" onSelect={() => setTimeout(() => window.print())}>
                Print
              </MenuItem>
              {can('dashboards:write') && (
                <>
                  <MenuItem icon="copy" onSelect={() => setOpen('clone')}>
                    Clone
                  </MenuItem>
                  <MenuItem icon="trash" danger onSelect={() => setOpen('delete')}>
                    Delete
                  </MenuItem>
                </>
              )}
            </Menu>
          </>
        )}
      </div>
      {open === 'settings' && <DashboardSettings dashboard={dashboard} onChange={editor.change} onClose={close} />}
      {open === 'clone' && <CloneDashboard dashboard={dashboard} onClose={close} />}
      {open === 'delete' && (
        <DeleteDashboard dashboard={dashboard} onDeleted={() => navigate('/dashboards')} onClose={close} />
      )}
    </header>
  );
}

function EditTools({ editor, onAddPanel, onSettings }: DashboardBarProps & { onSettings: () => void }) {
  return (
    <>
      <Button icon="add" onClick={onAddPanel}>
        Panel
      </Button>
      <IconButton icon="settings" label="Name, time and variables" onClick={onSettings} />
      {editor.unsaved ? (
        <>
          <Button onClick={editor.cancel}>Cancel</Button>
          <Button kind="main" onClick={() => void editor.save()}>
            Save
          </Button>
        </>
      ) : (
        <Button kind="main" onClick={editor.cancel}>
          Done
        </Button>
      )}
    </>
  );
}
