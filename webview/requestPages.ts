import type { RequestList } from '../src/shared/requestApi.js';
import type { PanelClient } from './panelClient.js';
import type { RequestFilter } from './requestFilter.js';

/** Enough for several screens, and the most that is given at once. */
const pageSize = 200;

/** One part of the log, newest first; without a cursor the newest. */
export function readPage(
	client: PanelClient,
	{ accountId, model, keyId, client: program, sessionId, outcome, search }: RequestFilter,
	cursor: string | null,
): Promise<RequestList> {
	return client.request('request/list', {
		limit: pageSize,
		...(cursor !== null && { before: cursor }),
		...(accountId !== null && { accountId }),
		...(model !== null && { model }),
		...(keyId !== null && { keyId }),
		...(program !== null && { client: program }),
		...(sessionId !== null && { sessionId }),
		...(outcome !== null && { outcome }),
		...(search !== '' && { text: search }),
	});
}
