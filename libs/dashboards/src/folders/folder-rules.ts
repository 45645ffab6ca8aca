/** Folders in folders in folders …: deeper ones nobody finds again. */
export const DEEPEST_FOLDER = 8;
export const MOST_FOLDERS = 1_000;

/** The folder that each one lies in, by their ids; null at the top. */
export type Parents = ReadonlyMap<string, string | null>;

/**
 * Why a folder cannot lie there, or undefined when it can.
 * @param id of a folder that there is; undefined for a new one.
 * @param parents of all folders of the organization, without cycles.
 */
export function placementProblem(
  parents: Parents,
  id: string | undefined,
  parentId: string | null,
): string | undefined {
  if (parentId === null) return undefined;
  if (!parents.has(parentId)) return 'Parent folder not found';
  const above = lineage(parents, parentId);
  if (id !== undefined && above.includes(id)) return 'A folder must not lie in itself';
  const height = id === undefined ? 1 : heightOf(parents, id);
  return above.length + height > DEEPEST_FOLDER
    ? `Folders must not be deeper than ${DEEPEST_FOLDER} levels`
    : undefined;
}

/** A folder and those that it lies in. */
function lineage(parents: Parents, id: string): string[] {
  const found: string[] = [];
  for (let at: string | null | undefined = id; at; at = parents.get(at)) found.push(at);
  return found;
}

/** Levels of a folder with all that lie in it. */
function heightOf(parents: Parents, id: string): number {
  const heights = [...parents.keys()].map((other) => lineage(parents, other).indexOf(id) + 1);
  return Math.max(...heights);
}
