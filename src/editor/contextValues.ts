import type { HostStatus } from './hostStatus.js';

/** What `when` clauses of the manifest ask for, each as `codexPool.<name>`. */
export interface ContextValues {
	readonly state: 'starting' | 'offline' | 'empty' | 'ready';
	/** Why it is offline; empty while it is not. */
	readonly offlineReason: string;
	/** Whether there is something of ours to take out of the client's configuration. */
	readonly canUndoCodex: boolean;
	readonly canUndoOpenCode: boolean;
}

export function contextValues(
	status: HostStatus<unknown>,
	undoable: Pick<ContextValues, 'canUndoCodex' | 'canUndoOpenCode'>,
): ContextValues {
	return { state: stateOf(status), offlineReason: status.kind === 'offline' ? status.reason : '', ...undoable };
}

function stateOf(status: HostStatus<unknown>): ContextValues['state'] {
	if (status.kind === 'starting' || status.kind === 'offline') return status.kind;
	if (status.pool === null) return 'starting';
	return status.pool.accounts.length === 0 ? 'empty' : 'ready';
}
