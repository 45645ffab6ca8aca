import { memo } from 'preact/compat';
import type { Panel, PanelData } from '../api/types';
import { Menu, MenuItem } from '../ui/menu';
import { download, fileName } from '../ui/download';
import { toCsv } from './csv';
import { PanelBody } from './panels/panel-body';
import type { Span } from './time-range';

export interface PanelActions {
  onExpand: (panel: Panel) => void;
  onEdit: (panel: Panel) => void;
  onDuplicate: (panel: Panel) => void;
  onRemove: (panel: Panel) => void;
  onZoom: (span: Span) => void;
}

interface PanelFrameProps {
  panel: Panel;
  title: string;
  data: PanelData | undefined;
  span: Span;
  editing: boolean;
  actions: PanelActions;
}

/** One panel with its title and menu. */
export function PanelFrame({ panel, title, data, span, editing, actions }: PanelFrameProps) {
  const hasData = (data?.series.length ?? 0) > 0;
  const truncated = data?.series.some((one) => one.truncated) ?? false;
  return (
    <section class={`panel panel-${panel.type}`} aria-label={title || panel.type}>
      <header class="panel-head">
        <h2>{title}</h2>
        {truncated && (
          <span class="chip" title="More values than are shown: choose less time, or an aggregate">
            part
          </span>
        )}
        <Menu label={`Panel ${title}`} icon="more" class="panel-menu">
          {panel.type !== 'text' && (
            <MenuItem icon="expand" onSelect={() => actions.onExpand(panel)}>
              Full screen
            </MenuItem>
          )}
          {hasData && (
            <MenuItem
              icon="download"
              onSelect={() => download(fileName(title, 'csv'), 'text/csv', toCsv(data!.series))}
            >
              Download CSV
            </MenuItem>
          )}
          {editing && (
            <>
              <MenuItem icon="edit" onSelect={() => actions.onEdit(panel)}>
                Edit
              </MenuItem>
              <MenuItem icon="copy" onSelect={() => actions.onDuplicate(panel)}>
                Duplicate
              </MenuItem>
              <MenuItem icon="trash" danger onSelect={() => actions.onRemove(panel)}>
                Remove
              </MenuItem>
            </>
          )}
        </Menu>
      </header>
      <div class="panel-body">
        <Body panel={panel} data={data} span={span} onZoom={actions.onZoom} />
      </div>
    </section>
  );
}

/** Panels in which nothing is new are not drawn again. */
const Body = memo(PanelBody, (before, after) => {
  const moved = before.span.from !== after.span.from || before.span.to !== after.span.to;
  const ofTime = ['line', 'area', 'bar', 'state-timeline'].includes(after.panel.type);
  return before.panel === after.panel && before.data === after.data && !(moved && ofTime);
});
