import { useState } from 'preact/hooks';
import type { Panel } from '../api/types';
import { useHub } from '../app/context';
import { navigate, useAddress, useLeaveGuard, useTitle } from '../app/router';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Empty, Failure, Loading } from '../ui/states';
import { DashboardBar } from './dashboard-bar';
import { Grid } from './grid';
import { freePosition, compact } from './layout';
import { PanelBody } from './panels/panel-body';
import { PanelEditor } from './panel-editor';
import { toRange, type TimeRange } from './time-range';
import { fillIn } from './topic-filter';
import { useDashboard, type DashboardEditor } from './use-dashboard';
import { useLiveData } from './use-live-data';
import { usePresence } from './use-presence';
import { chosenIn, VariableChoices } from './variable-choice';

/** `/dashboards/{id}`: time and variables are in the address, so that a link shows the same. */
export function DashboardPage({ id }: { id: string }) {
  const editor = useDashboard(id);
  useTitle(editor.dashboard?.name ?? 'Dashboard');
  useLeaveGuard(editor.unsaved);
  usePresence(id);
  if (editor.error !== undefined && !editor.dashboard) return <Failure error={editor.error} onRetry={editor.reload} />;
  return editor.dashboard ? <View editor={editor} /> : <Loading what="dashboard" />;
}

function View({ editor }: { editor: DashboardEditor }) {
  const { can } = useHub();
  const dashboard = editor.dashboard!;
  const address = useAddress();
  const { searchParams: query } = address;
  const [expanded, setExpanded] = useState<Panel>();
  const [edited, setEdited] = useState<Panel>();
  const range: TimeRange = {
    from: query.get('from') ?? dashboard.timeRange.from,
    to: query.get('to') ?? dashboard.timeRange.to,
  };
  const variables = chosenIn(dashboard.variables, query);
  const live = useLiveData(dashboard, range, variables, Number(query.get('refresh') ?? dashboard.refreshSeconds));

  const go = (parts: Record<string, string>): void => {
    const next = new URLSearchParams(query);
    Object.entries(parts).forEach(([name, value]) => next.set(name, value));
    navigate(`${address.pathname}?${next}`);
  };
  const show = ({ from, to }: TimeRange): void => go({ from, to });
  const titleOf = (panel: Panel): string => fillIn(panel.title, live.variables);
  const setPanels = (panels: Panel[]): void => editor.change({ panels });
  const others = ({ id }: Panel): Panel[] => dashboard.panels.filter((panel) => panel.id !== id);

  const actions = {
    onExpand: setExpanded,
    onEdit: setEdited,
    onDuplicate: (panel: Panel) => {
      const position = freePosition(dashboard.panels, panel.position.w, panel.position.h);
      setPanels([...dashboard.panels, { ...panel, id: newPanelId(), position }]);
    },
    onRemove: (panel: Panel) => setPanels(compact(others(panel))),
    onZoom: (span: { from: number; to: number }) => show(toRange(span)),
  };
  const savePanel = async (panel: Panel): Promise<void> => {
    const panels = dashboard.panels.some(({ id }) => id === panel.id)
      ? dashboard.panels.map((one) => (one.id === panel.id ? panel : one))
      : [...dashboard.panels, panel];
    if (await editor.save({ panels }, false)) {
      setEdited(undefined);
      live.reload();
    }
  };

  return (
    <div class="dashboard">
      <DashboardBar
        editor={editor}
        range={range}
        refresh={Number(query.get('refresh') ?? dashboard.refreshSeconds)}
        state={live.state}
        onRange={show}
        onRefresh={(seconds) => go({ refresh: String(seconds) })}
        onReload={live.reload}
        onAddPanel={() => setEdited(newPanel(dashboard.panels))}
      />
      {dashboard.variables.length > 0 && (
        <VariableChoices
          dashboard={dashboard}
          chosen={variables}
          onChoose={(name, value) => go({ [`var-${name}`]: value })}
        />
      )}
      {live.error !== undefined && live.panels.size === 0 && <Failure error={live.error} onRetry={live.reload} />}
      {dashboard.panels.length === 0 ? (
        <Empty icon="chart" title="This dashboard has no panels yet">
          {can('dashboards:write') && (
            <Button
              kind="main"
              icon="add"
              onClick={() => {
                if (!editor.editing) editor.begin();
                setEdited(newPanel([]));
              }}
            >
              Add a panel
            </Button>
          )}
        </Empty>
      ) : (
        (live.error === undefined || live.panels.size > 0) && (
          <Grid
            panels={dashboard.panels}
            data={live.panels}
            span={live.span}
            editing={editor.editing}
            titleOf={titleOf}
            actions={actions}
            onLayout={setPanels}
          />
        )
      )}
      {expanded && (
        <Dialog title={titleOf(expanded)} shape="full" onClose={() => setExpanded(undefined)}>
          <div class={`panel-body panel-${expanded.type}`}>
            <PanelBody
              panel={expanded}
              data={live.panels.get(expanded.id)}
              span={live.span}
              onZoom={(span) => show(toRange(span))}
            />
          </div>
        </Dialog>
      )}
      {edited && <PanelEditor panel={edited} onClose={() => setEdited(undefined)} onSave={savePanel} />}
      {editor.conflict && <Conflict editor={editor} />}
    </div>
  );
}

function Conflict({ editor }: { editor: DashboardEditor }) {
  return (
    <Dialog title="Somebody else has changed this dashboard" onClose={editor.takeTheirs}>
      <div class="dialog-body">
        <p>It was saved by somebody else since you opened it. Nothing of yours is lost yet: which one is to stay?</p>
      </div>
      <footer class="dialog-foot">
        <Button onClick={editor.takeTheirs}>Load theirs</Button>
        <Button kind="main" onClick={() => void editor.keepMine()}>
          Keep mine
        </Button>
      </footer>
    </Dialog>
  );
}

const newPanelId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const newPanel = (panels: readonly Panel[]): Panel => ({
  id: newPanelId(),
  title: '',
  type: 'line',
  position: freePosition(panels, 12, 8),
  queries: [{ topic: '', field: null, aggregate: null, bucket: null }],
  options: {},
});
