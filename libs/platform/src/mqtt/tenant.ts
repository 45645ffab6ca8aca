/*
 * Inside the embedded broker everything of an organization lives under a prefix of its own: topics and filters are
 * `<organization>/<topic>`, client ids `<organization>/<id>`. An organization id holds no slash and no wildcard, so no
 * filter that a client can write reaches beyond its own prefix.
 */

export const prefixOf = (organizationId: string): string => `${organizationId}/`;

/** The organization that a mounted topic, filter or client id belongs to. */
export const tenantOf = (mounted: string): string => mounted.slice(0, mounted.indexOf('/'));

/** What the client calls it. */
export const unmounted = (mounted: string): string => mounted.slice(mounted.indexOf('/') + 1);
