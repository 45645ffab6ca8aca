import type { PanelOptions } from '../api/types';
import { formatTime, showText } from '../dashboards/format';

interface TipItem {
  seriesName: string;
  color: string;
  value: [place: number, value: number | null, time?: number];
}

const MOST_LINES = 12;

/** What hangs at the pointer, made of elements: names and values are text, whatever is in them. */
export function chartTip(items: unknown, options: PanelOptions): HTMLElement {
  const all = (items as TipItem[]).filter(({ value }) => value[1] !== null);
  const root = element('div', 'chart-tip');
  root.append(element('div', 'chart-tip-time', all[0] ? formatTime(all[0].value[2] ?? all[0].value[0]) : ''));
  const sorted = all.sort((a, b) => b.value[1]! - a.value[1]!);
  for (const { seriesName, color, value } of sorted.slice(0, MOST_LINES)) {
    const line = element('div', 'chart-tip-line');
    const swatch = element('span', 'swatch');
    swatch.style.background = color;
    line.append(
      swatch,
      element('span', 'chart-tip-name', seriesName),
      element('strong', '', showText(value[1], options)),
    );
    root.append(line);
  }
  if (sorted.length > MOST_LINES) root.append(element('div', 'soft', `and ${sorted.length - MOST_LINES} more`));
  return root;
}

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
