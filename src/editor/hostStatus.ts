import type { PoolState } from '../shared/poolApi.js';
import type { PanelState } from '../shared/panelMessages.js';

/** What this window itself knows: which clients' configurations point at the pool, and what its settings say. */
type WindowFacts = Pick<PanelState, 'codexConfigured' | 'openCodeConfigured' | 'hideEmails'>;

/** Why this window has no pool. `foreign`: another program holds the port; `silent`: its holder does not answer. */
export type OfflineReason = 'foreign' | 'silent' | 'crashed' | 'failed';

/** This window's tie to the pool. Problems are sentences for the user. */
export type HostStatus<C> =
	| { readonly kind: 'starting'; readonly problem: string | null }
	/** `pool` is null until the first snapshot has come. */
	| { readonly kind: 'owner' | 'follower'; readonly client: C; readonly pool: PoolState | null }
	| { readonly kind: 'offline'; readonly reason: OfflineReason; readonly problem: string };

export function panelStateOf(status: HostStatus<unknown>, facts: WindowFacts): PanelState {
	switch (status.kind) {
		case 'starting':
		case 'offline':
			return { connection: status.kind, problem: status.problem, pool: null, ...facts };
		case 'owner':
		case 'follower':
			return { connection: status.kind, problem: null, pool: status.pool, ...facts };
		default:
			return status satisfies never;
	}
}
