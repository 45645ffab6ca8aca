import { foldCase } from '#kernel';
import { pathOfNames } from '#platform/dependencies';
import type { FolderPlace } from '../folders/folders.repository';

/** Folders as the names on the way to each of them. */
export class FolderPaths {
  private readonly byId: ReadonlyMap<string, FolderPlace>;

  constructor(private readonly folders: readonly FolderPlace[]) {
    this.byId = new Map(folders.map((folder) => [folder.id, folder]));
  }

  /** What a dashboard is called everywhere: its own name behind those of the folders that it lies in. */
  pathOf({ name, folderId }: { name: string; folderId: string | null }): string {
    const names = [name];
    for (let at = folderId; at !== null; at = this.byId.get(at)?.parentId ?? null) {
      names.unshift(this.byId.get(at)?.name ?? '');
    }
    return pathOfNames(names);
  }

  /** The folder of that name in another one, whatever its case. */
  find(parentId: string | null, name: string): string | undefined {
    const sought = foldCase(name);
    return this.folders.find((folder) => folder.parentId === parentId && foldCase(folder.name) === sought)?.id;
  }
}
