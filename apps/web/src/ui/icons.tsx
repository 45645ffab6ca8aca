/* Drawn here, 20 × 20, lines of the text's colour. */

const PATHS = {
  add: 'M10 4v12M4 10h12',
  back: 'M12 4l-6 6 6 6',
  chart: 'M3 16h14M5.5 13V9M10 13V5M14.5 13V7',
  check: 'M4 10.5l4 4 8-9',
  chevron: 'M7 5l5 5-5 5',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l3 2',
  close: 'M5 5l10 10M15 5L5 15',
  copy: 'M7 7h9v9H7zM13 7V4H4v9h3',
  download: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  edit: 'M4 16l1-4 8-8 3 3-8 8z',
  expand: 'M12 4h4v4M8 16H4v-4M16 4l-5 5M4 16l5-5',
  folder: 'M3 15V5h5l2 2h7v8z',
  graph: 'M3 8h4v4H3zM13 3h4v4h-4zM13 13h4v4h-4zM7 9.500l6-4M7 10.500l6 4',
  menu: 'M3 5h14M3 10h14M3 15h14',
  minus: 'M4 10h12',
  monitor: 'M3 4h14v9H3zM7 17h6M10 13v4',
  moon: 'M16 11.5A6.5 6.5 0 1 1 8.5 4a5 5 0 0 0 7.5 7.5z',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  pause: 'M7 5v10M13 5v10',
  print: 'M6 8V3h8v5M6 14H3V8h14v6h-3M6 12h8v5H6z',
  refresh: 'M16 10a6 6 0 1 1-1.8-4.3M16 3v4h-4',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4',
  settings: 'M3 6h9M16 6h1M14 4v4M3 14h1M8 14h9M6 12v4',
  sun: 'M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6M10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.5 1.5M14.2 14.2l1.5 1.5M4.3 15.7l1.5-1.5M14.2 5.8l1.5-1.5',
  trash: 'M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11',
  tree: 'M4 4h5v3H4zM11 9h5v3h-5zM11 14h5v3h-5zM6 7v8.5h5M6 10.500h5',
  user: 'M10 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6M4 17c0-3 2.500-4.500 6-4.500s6 1.500 6 4.500',
  zoom: 'M4 9h8M4 9l3-3M4 9l3 3M16 4v12',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class={`icon icon-${name}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d={PATHS[name]} />
  </svg>
);
