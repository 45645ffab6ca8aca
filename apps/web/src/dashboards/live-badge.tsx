import type { StreamState } from '../api/record-stream';

const WORDS: Record<StreamState, [word: string, meaning: string]> = {
  connecting: ['Connecting', 'The stream of values is being opened'],
  live: ['Live', 'Values appear as they come'],
  reconnecting: ['Reconnecting', 'The stream of values was interrupted; what is shown may be old'],
  paused: ['Paused', 'Nobody looked for a while; it goes on by itself'],
  refused: ['Not live', 'The stream of values was refused'],
};

export const LiveBadge = ({ state }: { state: StreamState }) => (
  <span class={`live live-${state}`} role="status" title={WORDS[state][1]}>
    <span class="live-dot" aria-hidden="true" />
    {WORDS[state][0]}
  </span>
);
