import { useState } from 'preact/hooks';
import type { Topic } from '../api/types';
import { useHub } from '../app/context';
import { Icon } from '../ui/icons';
import { Empty, Failure, Loading } from '../ui/states';
import { useLoad, useRested } from '../ui/use-load';
import { TopicTree } from './topic-tree';

interface TopicNavigationProps {
  selected: string;
  onSelect: (topic: string) => void;
}

/** The tree; or, while something is typed, what a search finds. */
export function TopicNavigation({ selected, onSelect }: TopicNavigationProps) {
  const [search, setSearch] = useState('');
  const asked = useRested(search.trim());
  return (
    <>
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search topics"
          placeholder="Search topics"
          value={search}
          onInput={(event) => setSearch((event.target as HTMLInputElement).value)}
        />
      </label>
      {asked === '' ? (
        <TopicTree selected={selected} onSelect={onSelect} />
      ) : (
        <Found asked={asked} selected={selected} onSelect={onSelect} />
      )}
    </>
  );
}

function Found({ asked, selected, onSelect }: TopicNavigationProps & { asked: string }) {
  const { client } = useHub();
  const { data, error, loading, reload } = useLoad(
    (signal) => client.get<Topic[]>('/uns/topics/search', { q: asked, limit: 100 }, signal),
    [asked],
  );
  if (error !== undefined && !data) return <Failure error={error} onRetry={reload} />;
  if (loading || !data) return <Loading what="topics" />;
  if (data.length === 0) return <Empty title={`No topic has “${asked}” in it`} />;
  return (
    <ul class="found">
      {data.map(({ id, topic }) => (
        <li key={id}>
          <button type="button" aria-current={topic === selected} title={topic} onClick={() => onSelect(topic)}>
            <span class="found-name">{topic.split('/').at(-1)}</span>
            <span class="found-path soft">{topic.split('/').slice(0, -1).join(' / ')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
