import { SECRET_SETTINGS, SETTINGS } from '#platform/config';

interface Setting {
  desc?: string;
  default?: string | number | boolean | readonly string[];
  choices?: readonly string[];
}

/** The settings as the README's table. A default that is no value is told by the description. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS as Record<string, Setting>).map(([name, setting]) => [
    `\`${name}\`${isSecret(name) ? ' \\*' : ''}`,
    codeOf([setting.default ?? []].flat().join(',')),
    [setting.desc, setting.choices && `(${setting.choices.join(', ')})`].filter(Boolean).join(' '),
  ]);
  return table([['Variable (\\* secret)', 'Default', 'Meaning'], ...rows]);
}

const codeOf = (text: string): string => (text === '' ? '' : `\`${text}\``);

const isSecret = (name: string): boolean => (SECRET_SETTINGS as readonly string[]).includes(name);

/** Aligned as prettier aligns it. */
function table(rows: string[][]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replace(/https?:\S+/g, '`$&`')));
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}
