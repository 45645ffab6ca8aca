import type { PanelOptions, Point, Series } from '../api/types';
import { themeColor } from '../app/theme';
import { formatNumber } from '../dashboards/format';
import { durationOf, type Span } from '../dashboards/time-range';
import { paintColor, seriesColor } from './colors';
import { chartTip } from './chart-tip';

export interface ChartContent {
  kind: 'line' | 'area' | 'bar';
  series: readonly Series[];
  names: readonly string[];
  hidden: ReadonlySet<string>;
  options: PanelOptions;
  span: Span;
}

/** Empty buckets are left out by the server: a line must not go on over a gap of so many times the usual distance. */
const GAP = 3;

/** Everything that ECharts draws, colours as they are now. */
export function chartOptions(content: ChartContent): Record<string, unknown> {
  const { options, span } = content;
  const soft = themeColor('soft');
  const line = themeColor('line-soft');
  const label = { color: soft, fontSize: 11, fontFamily: 'inherit', hideOverlap: true };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 4, right: 6, top: 12, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'time',
      min: span.from,
      max: span.to,
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { ...label, formatter: timeLabels(span) },
      splitLine: { show: false },
      splitNumber: 6,
    },
    yAxis: {
      type: 'value',
      scale: content.kind !== 'bar' && !options.stacked,
      min: options.min,
      max: options.max,
      axisLabel: { ...label, formatter: (value: number) => formatNumber(value, undefined) + shortUnit(options.unit) },
      splitLine: { lineStyle: { color: line } },
      splitNumber: 4,
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      transitionDuration: 0,
      padding: 0,
      borderWidth: 1,
      borderColor: themeColor('line'),
      backgroundColor: themeColor('card'),
      textStyle: { color: themeColor('text'), fontSize: 12 },
      axisPointer: { type: 'line', lineStyle: { color: soft, type: 'dashed' } },
      formatter: (items: unknown) => chartTip(items, options),
    },
    series: drawn(content),
  };
}

const shortUnit = (unit = ''): string => (unit !== '' && unit.length <= 3 ? `\u00a0${unit}` : '');

function timeLabels({ from, to }: Span): string {
  const length = to - from;
  if (length <= 300_000) return '{HH}:{mm}:{ss}';
  return length <= 36 * 3_600_000 ? '{HH}:{mm}' : '{d} {MMM} {HH}:{mm}';
}

function drawn({ kind, series, names, hidden, options }: ChartContent): object[] {
  const shown = series.map((one, index) => ({ one, index, name: names[index]! }));
  return shown
    .filter(({ name }) => !hidden.has(name))
    .map(({ one, index, name }, at) => ({
      name,
      type: kind === 'bar' ? 'bar' : 'line',
      color: seriesColor(index),
      data: kind === 'bar' ? overBuckets(numbers(one.points), one.bucket) : withGaps(numbers(one.points), one.bucket),
      emphasis: { disabled: true },
      ...(options.stacked && { stack: 'all' }),
      ...(kind === 'bar'
        ? { barMaxWidth: 28, itemStyle: { borderRadius: [2, 2, 0, 0] } }
        : { showSymbol: one.points.length < 2, symbolSize: 6, lineStyle: { width: 1.75 }, sampling: 'lttb' }),
      ...(kind === 'area' && { areaStyle: { opacity: 0.2 } }),
      ...(at === 0 && { markLine: thresholdLines(options) }),
    }));
}

/** Charts are of numbers; on and off are 1 and 0. */
const numbers = (points: readonly Point[]): [number, number][] =>
  points.flatMap(([time, value]) => {
    if (typeof value === 'boolean') return [[time, value ? 1 : 0] as [number, number]];
    return typeof value === 'number' ? [[time, value] as [number, number]] : [];
  });

/** A bar stands over its bucket, not over the bucket's start; where that is comes third. */
function overBuckets(points: [number, number][], bucket: string | null | undefined): [number, number, number][] {
  const half = (durationOf(bucket ?? '') ?? 0) / 2;
  return points.map(([time, value]) => [time + half, value, time]);
}

function withGaps(points: [number, number][], bucket: string | null | undefined): [number, number | null][] {
  const length = durationOf(bucket ?? '');
  if (length === undefined) return points;
  const distances = points.slice(1).map(([time], index) => time - points[index]![0]);
  const usual = Math.max(length, distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0);
  return points.flatMap((point, index): [number, number | null][] => {
    const before = points[index - 1];
    const gap = before !== undefined && point[0] - before[0] > GAP * usual;
    return gap ? [[before[0] + length, null], point] : [point];
  });
}

function thresholdLines({ thresholds = [] }: PanelOptions): object {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    data: thresholds.map(({ value, color }) => ({
      yAxis: value,
      lineStyle: { color: paintColor(color) ?? themeColor('soft'), type: 'dashed', width: 1, opacity: 0.8 },
    })),
  };
}
