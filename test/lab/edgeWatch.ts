import { turnStateOwner } from '../support/upstream/continuity.js';
import type { CallWatch, InProcessCall } from '../support/upstream/inProcessCall.js';
import type { LabRun } from './labRun.js';
import { requestIdIn } from './labRequest.js';
import { readTold } from './ledger.js';

/** Stands where the pool meets the provider: judges what goes out, and keeps in the ledgers what comes back. */
export class EdgeWatch implements CallWatch {
	constructor(private readonly run: LabRun) {}

	sent(call: InProcessCall): void {
		const request = this.run.requests.get(requestIdIn(call.request.body));
		const ledger = this.run.ledgerOf(call.request.accountId);
		if (!request || !ledger) {
			this.run.find('balance', 'a request reached the provider that no client has sent');
			return;
		}
		const now = this.run.clock.now();
		request.calls.push({ call, ledger, sentAt: now, told: undefined });
		const name = this.run.nameOf(ledger.id);
		this.run.tell(`${request.id} → ${name}`);
		// What came in this very instant the pool may still be reading.
		const isKnownSpent = ledger.spentUntil > now && ledger.limitedAt < now;
		if (isKnownSpent) this.run.find('spent_account_used', `${request.id} on ${name}, spent until later`);
		const isBarred = !ledger.isIn || ledger.isPaused || !ledger.isSelected;
		if (isBarred && ledger.decidedAt < now) this.run.find('barred_account_used', `${request.id} on ${name}`);
		if (request.continues && request.continues !== ledger) {
			this.run.find('foreign_content', `${request.id} brings a response id of another to ${name}`);
		}
		const at = call.request.headers.indexOf('x-codex-turn-state');
		const state = at === -1 ? undefined : call.request.headers[at + 1];
		const owner = state === undefined ? undefined : turnStateOwner(state);
		const simulated = this.run.accounts.find(each => each.ledger === ledger)?.simulated;
		if (owner !== undefined && owner !== simulated?.chatgptAccountId) {
			this.run.find('foreign_content', `${request.id} brings a turn state of another to ${name}`);
		}
	}

	begun(call: InProcessCall): void {
		this.run.ledgerOf(call.request.accountId)?.hearHeaders(call.headers, call.sentAt, this.run.clock.now());
	}

	heard(call: InProcessCall, bytes: Buffer): void {
		this.run.ledgerOf(call.request.accountId)?.hearEvents(bytes, call.sentAt, this.run.clock.now());
	}

	ended(call: InProcessCall): void {
		const request = this.run.requests.get(requestIdIn(call.request.body));
		const made = request?.calls.find(each => each.call === call);
		if (!request || !made) return;
		const now = this.run.clock.now();
		made.told = readTold(call);
		made.ledger.hear(made.told, request.plan.model, now);
		const refused = request.calls.filter(each => each.ledger === made.ledger && each.told?.kind === 'token_refused');
		// A fresh token is refused too: only a new sign-in helps.
		if (refused.length > 1) made.ledger.isSignedOut = true;
		this.run.tell(`${request.id} ← ${this.run.nameOf(made.ledger.id)}: ${call.status ?? '-'} ${made.told.kind}`);
	}
}
