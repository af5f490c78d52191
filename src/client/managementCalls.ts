import { Agent } from 'node:http';
import * as l10n from '@vscode/l10n';
import type { z } from 'zod';
import { managementReplies, managementRoutes } from '../shared/managementRoutes.js';
import { errorBodySchema } from '../shared/poolApi.js';
import { isPoolErrorCode, PoolError } from '../shared/poolError.js';
import { parseJson, requestLoopback, type LoopbackReply } from './loopbackRequest.js';

type Replies = typeof managementReplies;
type RouteName = keyof Replies;
/** The others answer 204 without a body. */
type AnsweringRoute = { [N in RouteName]: Replies[N] extends z.ZodType ? N : never }[RouteName];
type Reply<N extends AnsweringRoute> = z.output<Replies[N]>;

export interface CallParameters {
	readonly id?: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	/** The runtime itself waits for the provider in it, account after account. */
	readonly awaitsProvider?: boolean;
}

const providerTimeoutMs = 120_000;

/**
 * Calls of the management API by the names of their routes: one request each, its reply held against the contract.
 * Every rejection is a PoolError, `runtime_not_running` whenever no runtime answers.
 */
export class ManagementCalls {
	readonly #agent = new Agent({ keepAlive: true });

	constructor(
		readonly port: number,
		readonly adminToken: string,
		readonly timeoutMs: number,
	) {}

	async ask<N extends AnsweringRoute>(name: N, parameters?: CallParameters): Promise<Reply<N>> {
		const reply = await this.#send(name, parameters);
		const parsed = managementReplies[name].safeParse(parseJson(reply.text));
		if (!parsed.success) {
			throw new PoolError(
				'internal',
				l10n.t('The pool on port {0} speaks another version. Update both to the same one.', this.port),
				{ cause: parsed.error },
			);
		}
		return parsed.data as Reply<N>;
	}

	async tell(name: Exclude<RouteName, AnsweringRoute>, parameters?: CallParameters): Promise<void> {
		await this.#send(name, parameters);
	}

	/** Closes its connections. */
	dispose(): void {
		this.#agent.destroy();
	}

	async #send(name: RouteName, parameters: CallParameters = {}): Promise<LoopbackReply> {
		const [method, pattern] = managementRoutes[name];
		const { id = '', query, body, awaitsProvider = false } = parameters;
		const path =
			pattern.replace(':id', encodeURIComponent(id)) + (query ? `?${new URLSearchParams(query).toString()}` : '');
		const text = body === undefined ? '' : JSON.stringify(body);
		const timeoutMs = awaitsProvider ? providerTimeoutMs : this.timeoutMs;
		const signal = AbortSignal.timeout(timeoutMs);
		const reply = await requestLoopback({
			port: this.port,
			method,
			path,
			headers: {
				authorization: `Bearer ${this.adminToken}`,
				...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
			},
			body: text,
			// A reused connection may need a second try, and what a POST does must not happen twice.
			agent: method === 'POST' ? false : this.#agent,
			signal,
		}).catch((cause: unknown) => {
			const problem = signal.aborted
				? l10n.t('The pool on port {0} did not answer within {1} seconds.', this.port, timeoutMs / 1000)
				: l10n.t('The pool on port {0} cannot be reached.', this.port);
			throw new PoolError('runtime_not_running', problem, { cause });
		});
		if (reply.status < 200 || reply.status > 299) throw refusal(this.port, reply);
		return reply;
	}
}

function refusal(port: number, { status, text }: LoopbackReply): PoolError {
	const parsed = errorBodySchema.safeParse(parseJson(text));
	if (!parsed.success) {
		return new PoolError('internal', l10n.t('The pool on port {0} failed with HTTP {1}.', port, status));
	}
	const { code, message } = parsed.data.error;
	return new PoolError(code !== null && isPoolErrorCode(code) ? code : 'internal', message);
}
