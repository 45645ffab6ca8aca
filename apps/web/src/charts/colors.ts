import { themeColor } from '../app/theme';

/** Colours of the style sheet, in an order that neighbours can be told apart by, also by those who see fewer colours. */
export const SERIES_COLORS = 8;

export const seriesVariable = (index: number): string => `var(--series-${(index % SERIES_COLORS) + 1})`;

export const seriesColor = (index: number): string => themeColor(`series-${(index % SERIES_COLORS) + 1}`);

/** Names that dashboards use and each theme has its own shade of. */
const NAMED = new Set(['green', 'yellow', 'orange', 'red', 'blue', 'purple', 'gray', 'grey', 'teal']);

/** A colour as a dashboard has it, for style sheets; nothing else than names and hexadecimal is a colour. */
export function cssColor(color: string | undefined): string | undefined {
  if (color === undefined) return undefined;
  if (NAMED.has(color)) return `var(--tone-${color === 'grey' ? 'gray' : color})`;
  return /^#[0-9a-f]{3,8}$/i.test(color) || /^[a-z]{3,24}$/i.test(color) ? color : undefined;
}

/** The same for canvases, which know no variables. */
export function paintColor(color: string | undefined): string | undefined {
  const css = cssColor(color);
  const [, name] = /^var\(--(.+)\)$/.exec(css ?? '') ?? [];
  return name === undefined ? css : themeColor(name);
}
