import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PanelOptions, Series } from '../api/types';
import { useThemeVersion } from '../app/theme';
import { showText } from '../dashboards/format';
import type { Span } from '../dashboards/time-range';
import { chartOptions } from './chart-options';
import { seriesVariable } from './colors';
import type { Chart } from './echarts';
import { seriesNames } from './series-names';
import { useDragZoom } from './use-drag-zoom';

interface TimeChartProps {
  kind: 'line' | 'area' | 'bar';
  /** For those who do not see it. */
  label: string;
  series: readonly Series[];
  options: PanelOptions;
  span: Span;
  onZoom?: (span: Span) => void;
}

/** Values over time. Dragging over it chooses a part. */
export function TimeChart({ kind, label, series, options, span, onZoom }: TimeChartProps) {
  const canvas = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<Chart>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const theme = useThemeVersion();
  const names = useMemo(() => seriesNames(series), [series]);
  const zoomBox = useDragZoom(chart, onZoom);

  useEffect(() => {
    let made: Chart | undefined;
    let gone = false;
    const resize = new ResizeObserver(() => made?.resize());
    const print = (): void => made?.resize();
    void import('./echarts').then(({ createChart }) => {
      if (gone) return;
      made = createChart(canvas.current!);
      resize.observe(canvas.current!);
      window.addEventListener('beforeprint', print);
      setChart(made);
    });
    return () => {
      gone = true;
      resize.disconnect();
      window.removeEventListener('beforeprint', print);
      made?.dispose();
    };
  }, []);

  useEffect(() => {
    chart?.setOption(chartOptions({ kind, series, names, hidden, options, span }), {
      notMerge: true,
      lazyUpdate: false,
    });
  }, [chart, kind, series, names, hidden, options, span.from, span.to, theme]);

  const toggle = (name: string): void => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  const legend = options.legend ?? series.length > 1;
  const latest = series.map((one, index) => `${names[index]} ${showText(one.points.at(-1)?.[1], options)}`).join(', ');
  return (
    <div class="chart">
      <div class="chart-canvas" ref={canvas} role="img" aria-label={`${label}. ${latest.slice(0, 500)}`}>
        {zoomBox && <div class="zoom-box" style={{ left: `${zoomBox.left}px`, width: `${zoomBox.width}px` }} />}
      </div>
      {legend && (
        <ul class="legend" aria-label="Legend">
          {names.map((name, index) => (
            <li key={name}>
              <button type="button" aria-pressed={!hidden.has(name)} onClick={() => toggle(name)}>
                <span class="swatch" style={{ background: seriesVariable(index) }} />
                <span class="legend-name">{name}</span>
                <span class="legend-value">{showText(series[index]!.points.at(-1)?.[1], options)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
