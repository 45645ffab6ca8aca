import { useCallback, useState } from 'preact/hooks';
import { ApiError, wordsFor } from '../api/api-error';
import type { Answer, Client } from '../api/client';
import type { Dashboard } from '../api/types';
import { useHub } from '../app/context';
import { notify } from '../ui/toast';
import { useLoad } from '../ui/use-load';

export interface DashboardEditor {
  /** As it is kept, or as it is being changed. */
  dashboard: Dashboard | undefined;
  error: unknown;
  editing: boolean;
  unsaved: boolean;
  /** Somebody else has saved it since it was read. */
  conflict: boolean;
  begin: () => void;
  cancel: () => void;
  change: (part: Partial<Dashboard>) => void;
  /** Saves what has been changed, with a last part. True when it is kept. */
  save: (part?: Partial<Dashboard>, end?: boolean) => Promise<boolean>;
  takeTheirs: () => void;
  keepMine: () => Promise<boolean>;
  reload: () => void;
}

const pathOf = (id: string): string => `/uns/dashboards/${id}`;

/** What PUT takes: all that people decide. */
const contentOf = ({ name, description, folderId, timeRange, refreshSeconds, variables, panels }: Dashboard) => ({
  name,
  description,
  folderId,
  timeRange,
  refreshSeconds,
  variables,
  panels,
});

/** A dashboard that is looked at, and a draft of it while somebody changes it. */
export function useDashboard(id: string): DashboardEditor {
  const { client } = useHub();
  const loaded = useLoad((signal) => client.read<Dashboard>(pathOf(id), undefined, signal), [id]);
  const [draft, setDraft] = useState<Dashboard>();
  const [conflict, setConflict] = useState(false);
  const saved = loaded.data?.data;
  const dashboard = draft ?? saved;
  const unsaved = draft !== undefined && JSON.stringify(draft) !== JSON.stringify(saved);

  const put = async (content: Dashboard, etag: string | undefined, end: boolean): Promise<boolean> => {
    try {
      const answer = await write(client, content, etag);
      loaded.set(answer);
      setDraft(end ? undefined : answer.data);
      setConflict(false);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setDraft(content);
      if (error.status === 412) setConflict(true);
      else notify(wordsFor(error), { isProblem: true });
      return false;
    }
  };

  return {
    dashboard,
    error: loaded.error,
    editing: draft !== undefined,
    unsaved,
    conflict,
    begin: () => setDraft(saved),
    cancel: () => setDraft(undefined),
    change: useCallback((part) => setDraft((before) => before && { ...before, ...part }), []),
    save: (part = {}, end = true) => put({ ...dashboard!, ...part }, loaded.data?.etag, end),
    takeTheirs: () => {
      setConflict(false);
      setDraft(undefined);
      loaded.reload();
    },
    keepMine: async () => put(draft!, (await client.read(pathOf(id))).etag, true),
    reload: loaded.reload,
  };
}

async function write(client: Client, content: Dashboard, etag: string | undefined): Promise<Answer<Dashboard>> {
  return client.send<Dashboard>('PUT', pathOf(content.id), contentOf(content), etag);
}
