/**
 * What Codex asks of its provider beside responses: JSON in, one JSON document out (protocol §1). The body passes as it
 * is, and the answer too; only the account is chosen by the pool.
 */
const wholePaths = {
	'/backend-api/codex/images/generations': '/codex/images/generations',
	'/backend-api/codex/images/edits': '/codex/images/edits',
	'/backend-api/codex/alpha/search': '/codex/alpha/search',
	'/backend-api/codex/memories/trace_summarize': '/codex/memories/trace_summarize',
	'/v1/images/generations': '/codex/images/generations',
	'/v1/images/edits': '/codex/images/edits',
} as const;

export type WholeRoute = keyof typeof wholePaths;

export const wholeRoutes = Object.keys(wholePaths) as readonly WholeRoute[];

/** Where such a request goes below the backend's address; undefined for every other. */
export function wholePath(route: string): string | undefined {
	return isWholeRoute(route) ? wholePaths[route] : undefined;
}

function isWholeRoute(route: string): route is WholeRoute {
	return Object.hasOwn(wholePaths, route);
}
