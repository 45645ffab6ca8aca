import type { Series } from '../api/types';

/** As many levels from the end of each topic as tell them apart, then field and aggregate where they do. */
export function seriesNames(series: readonly Series[]): string[] {
  const topics = [...new Set(series.map(({ topic }) => topic))];
  const longest = Math.max(1, ...topics.map((topic) => topic.split('/').length));
  let levels = 1;
  while (levels < longest && new Set(topics.map((topic) => tail(topic, levels))).size < topics.length) levels++;
  const sharesTail = new Set(topics.map((topic) => tail(topic, 1))).size === 1;
  const names = series.map(({ topic }) =>
    sharesTail && topics.length > 1 ? head(topic, levels) : tail(topic, levels),
  );
  const withFields = series.map(({ field }, index) => nameOf(names[index]!, field ?? '', topics.length));
  return withFields.map((name, index) =>
    withFields.indexOf(name) === withFields.lastIndexOf(name)
      ? name
      : `${name} ${series[index]!.aggregate ?? ''}`.trim(),
  );
}

const tail = (topic: string, levels: number): string => topic.split('/').slice(-levels).join(' / ');

/** The level that differs, where what follows is the same everywhere: `line-1`, not `line-1 / motor / temperature`. */
const head = (topic: string, levels: number): string => topic.split('/').slice(-levels)[0] ?? topic;

function nameOf(name: string, field: string, topics: number): string {
  if (field === '') return name;
  return topics === 1 ? field : `${name} ${field}`;
}
