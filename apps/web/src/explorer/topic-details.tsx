import { useRef } from 'preact/hooks';
import type { UnsRecord } from '../api/types';
import { useHub } from '../app/context';
import { LiveBadge } from '../dashboards/live-badge';
import { IconButton } from '../ui/button';
import { copy } from '../ui/download';
import { Menu, MenuItem } from '../ui/menu';
import { Failure, Loading } from '../ui/states';
import { notify } from '../ui/toast';
import { curlLine, mosquittoLine } from './command-lines';
import { LastValue } from './last-value';
import { LiveTail } from './live-tail';
import { PublishForm } from './publish-form';
import { TopicFacts } from './topic-facts';
import { TopicHistory, type HistoryHandle } from './topic-history';
import { useTopic } from './use-topic';

interface TopicDetailsProps {
  topic: string;
  onSelect: (topic: string) => void;
}

/** All that is known of one topic. */
export function TopicDetails({ topic: path, onSelect }: TopicDetailsProps) {
  const { can } = useHub();
  const history = useRef<HistoryHandle | null>(null);
  const { topic, error, records, state, reload } = useTopic(path, (news: UnsRecord[]) => history.current?.append(news));
  if (error !== undefined && !topic) return <Failure error={error} onRetry={reload} />;
  if (!topic) return <Loading what="topic" />;
  const last = records[0];
  return (
    <article class="topic">
      <header class="page-head">
        <div class="page-title">
          <Levels path={path} onSelect={onSelect} />
          <h1>{path.split('/').at(-1)}</h1>
          {topic.description && <p class="soft">{topic.description}</p>}
        </div>
        <div class="tools">
          {state && <LiveBadge state={state} />}
          <CopyMenu path={path} value={last?.value ?? 21.5} />
        </div>
      </header>
      <div class="topic-grid">
        <LastValue record={last} />
        <TopicFacts topic={topic} />
        <TopicHistory path={path} last={last} handle={history} />
        <LiveTail records={records} />
        {can('uns:publish') && <PublishForm path={path} last={last} />}
      </div>
    </article>
  );
}

/** The levels above, each of which leads to its topic; the namespace itself is none. */
function Levels({ path, onSelect }: { path: string; onSelect: (topic: string) => void }) {
  const levels = path.split('/');
  return (
    <nav class="crumbs" aria-label="Levels above">
      <span>{levels[0]}</span>
      {levels.slice(1, -1).map((level, index) => {
        const above = levels.slice(0, index + 2).join('/');
        return (
          <a
            key={above}
            href={`/explorer?topic=${encodeURIComponent(above)}`}
            onClick={(event: MouseEvent) => {
              if (event.metaKey || event.ctrlKey) return;
              event.preventDefault();
              onSelect(above);
            }}
          >
            {level}
          </a>
        );
      })}
    </nav>
  );
}

function CopyMenu({ path, value }: { path: string; value: unknown }) {
  const { organization } = useHub();
  const put = (what: string, text: string): void =>
    void copy(text).then(
      () => notify(`${what} copied`),
      () => notify('The browser did not let it be copied', { isProblem: true }),
    );
  return (
    <>
      <IconButton icon="copy" label="Copy the topic" onClick={() => put('Topic', path)} />
      <Menu label="Copy a command" icon="more">
        <MenuItem
          icon="copy"
          onSelect={() => put('curl line', curlLine(location.origin, organization.id, path, value))}
        >
          Copy curl line
        </MenuItem>
        <MenuItem
          icon="copy"
          onSelect={() => put('mosquitto_pub line', mosquittoLine(location.hostname, organization.id, path, value))}
        >
          Copy mosquitto_pub line
        </MenuItem>
      </Menu>
    </>
  );
}
