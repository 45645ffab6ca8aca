import { useState } from 'preact/hooks';
import { navigate, useAddress, useTitle } from '../app/router';
import { Button } from '../ui/button';
import { Empty } from '../ui/states';
import { TopicDetails } from './topic-details';
import { TopicNavigation } from './topic-navigation';

/** `/explorer?topic=…`: the namespace as a tree, and what there is to know of one topic. */
export function ExplorerPage() {
  const topic = useAddress().searchParams.get('topic') ?? '';
  const [open, setOpen] = useState(topic === '');
  useTitle(topic === '' ? 'Explorer' : topic.split('/').at(-1)!);
  const select = (next: string): void => {
    setOpen(false);
    navigate(`/explorer?topic=${encodeURIComponent(next)}`);
  };
  return (
    <div class={`explorer ${open ? 'drawer-open' : ''}`}>
      <aside class="drawer" aria-label="Topics">
        <TopicNavigation selected={topic} onSelect={select} />
      </aside>
      <div class="explorer-main">
        <Button class="drawer-button" icon="tree" aria-expanded={open} onClick={() => setOpen(!open)}>
          Topics
        </Button>
        {topic === '' ? (
          <Empty icon="tree" title="Choose a topic">
            <p class="soft">Its last value, its history and what comes in are shown here.</p>
          </Empty>
        ) : (
          <TopicDetails key={topic} topic={topic} onSelect={select} />
        )}
      </div>
    </div>
  );
}
