/** A Markdown table that also reads well as text. The first column is text, the others are figures. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const whole = (value: number): string => thousands.format(value);

export const fixed = (value: number, digits: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits));

export const mebibytes = (bytes: number): string => (Number.isNaN(bytes) ? '–' : whole(bytes / 1024 / 1024));

/** `median (least–most)` */
export function spread(values: readonly number[], middle: number, format: (value: number) => string): string {
  return `${format(middle)} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}
