import type { AccountAccess, JsonReply } from '../../src/core/upstreamPort.js';
import { InProcessUpstream } from '../support/upstream/inProcessUpstream.js';
import type { InProcessCall } from '../support/upstream/inProcessCall.js';
import type { LabClock } from './labClock.js';
import type { MachineClock } from './machineClock.js';
import type { MonthBooks } from './monthBooks.js';
import type { MonthTruth, Picture } from './monthTruth.js';

export interface MonthWitnesses {
	readonly clock: LabClock;
	readonly machine: MachineClock;
	readonly truth: MonthTruth;
	readonly books: MonthBooks;
	/** Told of every attempt. */
	readonly used: () => void;
}

/** The provider of the month: whenever it tells the pool anything, the truth of that moment is noted. */
export class MonthUpstream extends InProcessUpstream {
	readonly #machine: MachineClock;
	readonly #truth: MonthTruth;

	constructor({ clock, machine, truth, books, used }: MonthWitnesses) {
		/** An event tells what its answer's head has told. */
		const toldAtHead = new WeakMap<InProcessCall, Picture>();
		super({
			clock,
			style: { thinkMs: 800, eventDelayMs: 150, deltas: 2, chunking: 'frames' },
			watch: {
				sent: ({ request }) => {
					books.tried(request.body, request.accountId);
					used();
				},
				begun: call => {
					const picture = truth.note(call.request.accountId);
					if (picture) toldAtHead.set(call, picture);
				},
				heard: (call, bytes) => {
					const picture = toldAtHead.get(call);
					const tellsQuota = picture && bytes.includes('"codex.rate_limits"');
					if (tellsQuota) truth.add(call.request.accountId, picture, machine.now());
				},
				ended: () => undefined,
			},
		});
		this.#machine = machine;
		this.#truth = truth;
	}

	/** Figures of a poll are dated when it is asked, and as new as its answer. */
	override async readUsage(access: AccountAccess): Promise<JsonReply> {
		const askedAt = this.#machine.now();
		const reply = await super.readUsage(access);
		this.#truth.note(access.accountId, askedAt);
		return reply;
	}

	override async readResetCredits(access: AccountAccess): Promise<JsonReply> {
		const askedAt = this.#machine.now();
		const reply = await super.readResetCredits(access);
		this.#truth.note(access.accountId, askedAt);
		return reply;
	}
}
