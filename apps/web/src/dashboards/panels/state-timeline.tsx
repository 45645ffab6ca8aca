import type { PanelOptions, Series } from '../../api/types';
import { cssColor, seriesVariable } from '../../charts/colors';
import { seriesNames } from '../../charts/series-names';
import { findMapping, formatTime, showText, thresholdColor } from '../format';
import type { Span } from '../time-range';
import { statesOf, type State } from './states';

interface StateTimelineProps {
  series: readonly Series[];
  options: PanelOptions;
  span: Span;
}

const TICKS = 5;
const MOST_NAMED = 12;

/** What state each topic was in, and when. */
export function StateTimeline({ series, options, span }: StateTimelineProps) {
  const now = Date.now();
  const names = seriesNames(series);
  const rows = series.map((one) => statesOf(one.points, span, now));
  const values = [...new Set(rows.flat().map(({ value }) => JSON.stringify(value)))];
  const colorOf = (value: unknown): string => {
    const named = findMapping(value, options.mappings ?? [])?.color ?? thresholdColor(value, options.thresholds);
    return cssColor(named) ?? seriesVariable(values.indexOf(JSON.stringify(value)));
  };
  const length = span.to - span.from;
  const percent = (time: number): number => ((time - span.from) / length) * 100;
  const words = ({ value, from, to }: State): string =>
    `${showText(value, options)}: ${formatTime(from)} – ${formatTime(to)}`;
  return (
    <div class="states">
      <div class="states-rows">
        {rows.map((states, index) => (
          <div class="states-row" key={`${series[index]!.topic} ${series[index]!.field ?? ''}`}>
            <span class="states-name" title={series[index]!.topic}>
              {names[index]}
            </span>
            <div
              class="states-track"
              role="img"
              aria-label={`${names[index]} ${states.slice(-5).map(words).join(', ')}`}
            >
              {states.map((state) => (
                <span
                  key={state.from}
                  class="states-one"
                  title={words(state)}
                  style={{
                    left: `${percent(state.from)}%`,
                    width: `${percent(state.to) - percent(state.from)}%`,
                    '--state': colorOf(state.value),
                  }}
                >
                  <span class="states-words">{showText(state.value, options)}</span>
                </span>
              ))}
            </div>
          </div>
        ))}
      </div>
      <div class="states-axis soft" aria-hidden="true">
        {Array.from({ length: TICKS }, (_, index) => (
          <span key={index}>{tick(span.from + (length * index) / (TICKS - 1), length)}</span>
        ))}
      </div>
      {options.legend !== false && (
        <ul class="legend" aria-label="States">
          {values.slice(0, MOST_NAMED).map((text) => {
            const value = JSON.parse(text) as unknown;
            return (
              <li key={text} class="legend-state">
                <span class="swatch" style={{ background: colorOf(value) }} />
                <span class="legend-name">{showText(value, options)}</span>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function tick(time: number, length: number): string {
  const options: Intl.DateTimeFormatOptions =
    length <= 300_000
      ? { hour: '2-digit', minute: '2-digit', second: '2-digit' }
      : length <= 36 * 3_600_000
        ? { hour: '2-digit', minute: '2-digit' }
        : { day: 'numeric', month: 'short', hour: '2-digit' };
  return new Intl.DateTimeFormat(undefined, { ...options, hour12: false }).format(time);
}
