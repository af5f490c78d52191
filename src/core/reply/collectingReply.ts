import { PoolError } from '../../shared/poolError.js';
import { errorAnswer, jsonAnswer, sendAnswer, typeOf, type Answer } from './answers.js';
import { whyGivenUp } from '../attempt/boundedAnswer.js';
import { errorOf } from '../attempt/providerError.js';
import { judgeRefusal, type Verdict } from '../attempt/verdict.js';
import type { UpstreamFault } from '../upstreamPort.js';
import { parseJson } from '../untrusted.js';
import { WholeAnswerStage } from './wholeAnswerStage.js';

/**
 * Stands between a stream and a caller that asked for `stream: false`: collects the events and answers with the
 * finished response object. The backend itself only streams.
 */
export class CollectingReply extends WholeAnswerStage {
	override cut(fault?: UpstreamFault): void {
		if (!this.isKept) {
			this.client.cut(fault);
			return;
		}
		const reason = whyGivenUp(fault) ?? 'The answer broke off before it was complete. Try again.';
		sendAnswer(this.client, errorAnswer(new PoolError('upstream_failed', reason)));
	}

	protected override answer(body: Buffer): Answer {
		return collectResponse(body.toString('utf8'));
	}
}

/** Builds the JSON reply out of the whole event stream. */
export function collectResponse(stream: string): Answer {
	const items: unknown[] = [];
	for (const frame of stream.split(/\r?\n\r?\n/)) {
		const data = frame
			.split(/\r?\n/)
			.filter(line => line.startsWith('data:'))
			.map(line => line.slice(5).trimStart())
			.join('\n');
		if (data === '' || data === '[DONE]') continue;
		const event = parseJson(data);
		if (typeof event !== 'object' || event === null || !('type' in event)) continue;
		switch (event.type) {
			case 'response.output_item.done':
				if ('item' in event) items.push(event.item);
				break;
			case 'response.completed':
			case 'response.incomplete':
				return jsonAnswer(200, withOutput('response' in event ? event.response : {}, items));
			case 'response.failed':
			case 'error':
				return failureAnswer(event);
		}
	}
	return errorAnswer(new PoolError('upstream_failed', 'The answer ended before it was complete. Try again.'));
}

/** Some replies leave `output` empty in the terminal event and send the items only one by one. */
function withOutput(response: unknown, items: readonly unknown[]): unknown {
	if (typeof response !== 'object' || response === null) return { output: items };
	const output: unknown = Reflect.get(response, 'output');
	return Array.isArray(output) && output.length > 0 ? response : { ...response, output: items };
}

/** With the status by which an SDK knows whether to try again. */
function failureAnswer(event: unknown): Answer {
	const { message, code, type } = errorOf(event);
	const status = statusOf(judgeRefusal({ status: 200, headers: {}, body: event }, 0));
	return jsonAnswer(status, {
		error: { message: message || 'The response failed.', type: type ?? typeOf(status), code: code ?? null },
	});
}

function statusOf({ kind }: Verdict): number {
	if (kind === 'caller' || kind === 'model_missing') return 400;
	return kind === 'rate' || kind === 'quota' ? 429 : 502;
}
