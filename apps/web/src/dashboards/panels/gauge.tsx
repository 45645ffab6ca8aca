import type { PanelOptions, Series, Threshold } from '../../api/types';
import { cssColor } from '../../charts/colors';
import { seriesNames } from '../../charts/series-names';
import { formatNumber, show, thresholdColor } from '../format';

const MOST = 6;
const [START, SWEEP, RADIUS, BAND] = [150, 240, 80, 92];

/** The last values on a scale from `min` (0) to `max` (100). */
export function GaugePanel({ series, options }: { series: readonly Series[]; options: PanelOptions }) {
  const names = seriesNames(series);
  return (
    <div class="gauges">
      {series.slice(0, MOST).map((one, index) => (
        <Gauge
          key={`${one.topic} ${one.field ?? ''}`}
          name={series.length > 1 ? names[index]! : ''}
          value={one.points.at(-1)?.[1]}
          options={{ ...options, unit: options.unit ?? one.unit ?? '' }}
        />
      ))}
    </div>
  );
}

function Gauge({ name, value, options }: { name: string; value: unknown; options: PanelOptions }) {
  const { min = 0, max = 100, thresholds = [] } = options;
  const part = (at: number): number => Math.min(1, Math.max(0, (at - min) / (max - min || 1)));
  const { text, unit } = show(value, options);
  const tone = cssColor(thresholdColor(value, thresholds)) ?? 'var(--series-1)';
  return (
    <div class="gauge">
      <svg viewBox="0 0 200 158" role="img" aria-label={`${name} ${text} ${unit} of ${min} to ${max}`}>
        <path class="gauge-track" d={arc(RADIUS, 0, 1)} />
        {typeof value === 'number' && part(value) > 0 && (
          <path class="gauge-fill" d={arc(RADIUS, 0, part(value))} style={{ stroke: tone }} />
        )}
        {bands(thresholds, part).map(({ from, to, color }) => (
          <path key={from} class="gauge-band" d={arc(BAND, from, to)} style={{ stroke: cssColor(color) ?? '' }} />
        ))}
        <text class={`gauge-value ${text.length > 6 ? 'long' : ''}`} x="100" y="102">
          {text}
        </text>
        <text class="gauge-unit" x="100" y="124">
          {unit}
        </text>
        <text class="gauge-end" x="27" y="154">
          {formatNumber(min)}
        </text>
        <text class="gauge-end" x="173" y="154">
          {formatNumber(max)}
        </text>
      </svg>
      {name && <p class="stat-name soft">{name}</p>}
    </div>
  );
}

function bands(thresholds: readonly Threshold[], part: (at: number) => number) {
  const sorted = [...thresholds].sort((a, b) => a.value - b.value);
  return sorted
    .map(({ value, color }, index) => ({ from: part(value), to: part(sorted[index + 1]?.value ?? Infinity), color }))
    .filter(({ from, to }) => to > from);
}

function arc(radius: number, from: number, to: number): string {
  const point = (part: number): string => {
    const angle = ((START + part * SWEEP) * Math.PI) / 180;
    return `${(100 + radius * Math.cos(angle)).toFixed(2)} ${(100 + radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${point(from)}A${radius} ${radius} 0 ${(to - from) * SWEEP > 180 ? 1 : 0} 1 ${point(to)}`;
}
