import { PoolError } from '../../shared/poolError.js';
import { errorAnswer, jsonAnswer, type Answer } from './answers.js';
import type { ClientReply } from '../ports.js';
import { fieldOf, parseJson } from '../untrusted.js';
import { WholeAnswerStage } from './wholeAnswerStage.js';

/** Stands before a client that asked for a compaction: a response object comes in, the compacted history goes out. */
export class CompactReply extends WholeAnswerStage {
	constructor(
		client: ClientReply,
		/** What stays of the history as it was: JSON texts. */
		private readonly kept: readonly Buffer[],
	) {
		super(client);
	}

	/** A client would lose its history to an answer without the compaction in it. */
	protected override answer(body: Buffer): Answer {
		const response = parseJson(body);
		const output = fieldOf(response, 'output');
		const items: readonly unknown[] = Array.isArray(output) ? output : [];
		const compactions = items.filter(item => fieldOf(item, 'type') === 'compaction');
		if (compactions.length !== 1) {
			return errorAnswer(new PoolError('upstream_failed', 'The backend did not compact the history. Try again.'));
		}
		return jsonAnswer(200, {
			id: fieldOf(response, 'id') ?? null,
			object: 'response.compaction',
			created_at: fieldOf(response, 'created_at') ?? null,
			output: [...this.kept.map(parseJson), ...compactions],
			usage: fieldOf(response, 'usage') ?? null,
		});
	}
}
