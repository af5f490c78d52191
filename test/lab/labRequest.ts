import type { ReceivedRequest } from '../../src/core/request/readRequest.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import type { InProcessCall } from '../support/upstream/inProcessCall.js';
import type { SessionPlan } from './history.js';
import type { LabReply } from './labReply.js';
import type { AccountLedger, Told } from './ledger.js';

/** One attempt as the lab sees it, at the very edge of the pool. */
export interface LabCall {
	readonly call: InProcessCall;
	readonly ledger: AccountLedger;
	readonly sentAt: number;
	told: Told | undefined;
}

/** One request of a client, from its start to whatever became of it. */
export interface LabRequest {
	readonly id: string;
	readonly plan: SessionPlan;
	readonly received: ReceivedRequest;
	/** What a good answer says; undefined when it is no text. */
	readonly expected: string | undefined;
	/** The account that alone can read the compacted history it carries. */
	readonly boundTo: AccountLedger | undefined;
	/** The response it goes on from, and who gave it. */
	readonly continues: AccountLedger | undefined;
	/** The pool's name of its session; undefined when it has none. */
	readonly sessionId: string | undefined;
	readonly ownerBefore: string | undefined;
	readonly startedAt: number;
	readonly reply: LabReply;
	readonly calls: LabCall[];
	endedAt: number;
	record: ExplainedRequest | undefined;
}

const marker = /"turn_id":"(r\d+)"/;

/** Which request a body belongs to: the name stands near its beginning and survives every change the pool may make. */
export function requestIdIn(body: Buffer | null): string {
	return marker.exec(body?.toString('latin1', 0, 400) ?? '')?.[1] ?? '';
}
