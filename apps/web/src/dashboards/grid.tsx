import { useRef, useState } from 'preact/hooks';
import type { Panel, PanelData, Position } from '../api/types';
import { Boundary } from '../ui/lazy';
import { COLUMNS, fitted, GAP, inReadingOrder, place, ROW_HEIGHT, stepped } from './layout';
import { PanelFrame, type PanelActions } from './panel-frame';
import type { Span } from './time-range';

interface GridProps {
  panels: readonly Panel[];
  data: ReadonlyMap<string, PanelData>;
  span: Span;
  editing: boolean;
  /** Titles with the values of variables in them. */
  titleOf: (panel: Panel) => string;
  actions: PanelActions;
  onLayout: (panels: Panel[]) => void;
}

interface Drag {
  id: string;
  resizes: boolean;
  startX: number;
  startY: number;
  start: Position;
  position: Position;
}

const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The panels in their places. While editing, they are moved and resized by pointer or keyboard. */
export function Grid({ panels, data, span, editing, titleOf, actions, onLayout }: GridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const shown = drag ? place(panels, drag.id, drag.position) : panels;

  const begin = (event: PointerEvent, panel: Panel, resizes: boolean): void => {
    if (event.button !== 0 || (event.target as Element).closest('.menu')) return;
    event.preventDefault();
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const start = panel.position;
    setDrag({ id: panel.id, resizes, startX: event.clientX, startY: event.clientY, start, position: start });
  };
  const move = (event: PointerEvent): void => {
    if (!drag) return;
    const column = (grid.current!.clientWidth + GAP) / COLUMNS;
    const dx = (event.clientX - drag.startX) / column;
    const dy = (event.clientY - drag.startY) / (ROW_HEIGHT + GAP);
    setDrag({ ...drag, position: fitted(shifted(drag.start, dx, dy, drag.resizes)) });
  };
  const end = (): void => {
    if (drag) onLayout(place(panels, drag.id, drag.position));
    setDrag(undefined);
  };
  const byKey = (event: KeyboardEvent, panel: Panel): void => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const [dx, dy] = step;
    const target = (steps: number): Position => shifted(panel.position, dx * steps, dy * steps, event.shiftKey);
    onLayout(stepped(panels, panel.id, target));
  };

  return (
    <div class={`grid ${editing ? 'editing' : ''}`} ref={grid}>
      {inReadingOrder(shown).map((panel) => {
        const { x, y, w, h } = panel.position;
        return (
          <div
            key={panel.id}
            class={`cell ${drag?.id === panel.id ? 'dragged' : ''}`}
            style={{ '--x': x + 1, '--y': y + 1, '--w': w, '--h': h }}
          >
            <Boundary>
              <PanelFrame
                panel={panel}
                title={titleOf(panel)}
                data={data.get(panel.id)}
                span={span}
                editing={editing}
                actions={actions}
              />
            </Boundary>
            {editing && (
              <>
                <button
                  type="button"
                  class="mover"
                  aria-label={`Move ${titleOf(panel)}: arrow keys move it, with Shift they resize it`}
                  onPointerDown={(event: PointerEvent) => begin(event, panel, false)}
                  onPointerMove={move}
                  onPointerUp={end}
                  onPointerCancel={() => setDrag(undefined)}
                  onKeyDown={(event: KeyboardEvent) => byKey(event, panel)}
                />
                <span
                  class="resizer"
                  aria-hidden="true"
                  onPointerDown={(event: PointerEvent) => begin(event, panel, true)}
                  onPointerMove={move}
                  onPointerUp={end}
                  onPointerCancel={() => setDrag(undefined)}
                />
              </>
            )}
          </div>
        );
      })}
    </div>
  );
}

const shifted = ({ x, y, w, h }: Position, dx: number, dy: number, resizes: boolean): Position =>
  resizes ? { x, y, w: w + dx, h: h + dy } : { x: x + dx, y: y + dy, w, h };
