import type { PanelOptions, Point, Series } from '../../api/types';
import { cssColor } from '../../charts/colors';
import { seriesNames } from '../../charts/series-names';
import { show, thresholdColor } from '../format';

const MOST = 12;

/** The last values, large. */
export function StatPanel({ series, options }: { series: readonly Series[]; options: PanelOptions }) {
  const names = seriesNames(series);
  const shown = series.slice(0, MOST);
  return (
    <div class={`stats ${shown.length > 1 ? 'many' : ''}`}>
      {shown.map(({ topic, field, points, unit }, index) => {
        const value = points.at(-1)?.[1];
        const { text, unit: shownUnit, color } = show(value, { ...options, unit: options.unit ?? unit ?? '' });
        const tone = cssColor(color ?? thresholdColor(value, options.thresholds));
        return (
          <div class="stat" key={`${topic} ${field ?? ''}`} style={{ color: tone ?? '' }}>
            {points.length > 2 && <Sparkline points={points} />}
            <p class={`stat-value ${text.length > 8 ? 'long' : ''}`}>
              {text}
              {shownUnit && <span class="stat-unit">{shownUnit}</span>}
            </p>
            {shown.length > 1 && <p class="stat-name soft">{names[index]}</p>}
          </div>
        );
      })}
    </div>
  );
}

const [WIDTH, HEIGHT, MOST_POINTS] = [100, 30, 120];

/** How the value came about, without scales: behind the figure, and no news to those who do not see it. */
function Sparkline({ points }: { points: readonly Point[] }) {
  const numbers = points.filter((point): point is [number, number] => typeof point[1] === 'number');
  if (numbers.length < 3) return null;
  const step = Math.ceil(numbers.length / MOST_POINTS);
  const few = numbers.filter((_, index) => (numbers.length - 1 - index) % step === 0);
  const values = few.map(([, value]) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [few[0]![0], few.at(-1)![0]];
  const x = (time: number): number => ((time - first) / (last - first || 1)) * WIDTH;
  const y = (value: number): number => HEIGHT - 2 - ((value - least) / (most - least || 1)) * (HEIGHT - 6);
  const line = few.map(([time, value]) => `${x(time).toFixed(2)} ${y(value).toFixed(2)}`).join('L');
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="sparkline-area" d={`M0 ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}z`} />
      <path class="sparkline-line" d={`M${line}`} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
