import { request as httpRequest, type Agent, type IncomingHttpHeaders } from 'node:http';
import type { SimulatedAccount } from './accounts.js';
import { isJsonObject, objectAt, type JsonObject } from './json.js';

/** The body of a plain turn as Codex would send it. */
export function turnBody(text: string, overrides: JsonObject = {}): JsonObject {
	return {
		model: 'gpt-5.5',
		stream: true,
		store: false,
		input: [userMessage(text)],
		tools: [],
		tool_choice: 'auto',
		parallel_tool_calls: true,
		reasoning: { effort: 'medium' },
		include: ['reasoning.encrypted_content'],
		prompt_cache_key: 'thread-1',
		...overrides,
	};
}

export function userMessage(text: string): JsonObject {
	return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}

export interface WholeAnswer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** As they arrived. */
	readonly chunks: readonly Buffer[];
	readonly text: string;
	/** False when the connection broke before the body was whole. */
	readonly isWhole: boolean;
}

export interface SendOptions {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** An object is sent as JSON. */
	readonly body?: JsonObject | Buffer | string;
	/** A connection of its own when absent. */
	readonly agent?: Agent;
	readonly signal?: AbortSignal;
}

/** Plain HTTP without a library between the test and the wire. Rejects only when no status arrives. */
export function send(url: string, options: SendOptions = {}): Promise<WholeAnswer> {
	const body =
		isJsonObject(options.body) && !Buffer.isBuffer(options.body) ? JSON.stringify(options.body) : options.body;
	const { promise, resolve, reject } = Promise.withResolvers<WholeAnswer>();
	const request = httpRequest(
		url,
		{
			method: options.method ?? (body === undefined ? 'GET' : 'POST'),
			headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers },
			agent: options.agent ?? false,
			...(options.signal ? { signal: options.signal } : {}),
		},
		response => {
			request.off('error', reject).on('error', () => undefined); // from here on told by `isWhole`
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', () => undefined);
			response.once('close', () => {
				const text = Buffer.concat(chunks).toString('utf8');
				resolve({
					status: response.statusCode ?? 0,
					headers: response.headers,
					chunks,
					text,
					isWhole: response.complete,
				});
			});
		},
	);
	request.once('error', reject);
	request.end(body);
	return promise;
}

/** Sends a turn to `/codex/responses` below the given base with the account's credentials. */
export function sendTurn(
	backendUrl: string,
	account: SimulatedAccount,
	body: JsonObject,
	options: Pick<SendOptions, 'headers' | 'agent' | 'signal'> = {},
): Promise<WholeAnswer> {
	const headers = { ...account.credentials, ...options.headers };
	return send(`${backendUrl}/codex/responses`, { ...options, method: 'POST', headers, body });
}

/** The events of a whole stream, parsed. */
export function readEvents(text: string): JsonObject[] {
	return text
		.split(/\r?\n/)
		.filter(line => line.startsWith('data: '))
		.map(line => JSON.parse(line.slice('data: '.length)) as unknown)
		.filter(isJsonObject);
}

/** The items that a whole stream has brought. */
export function readItems(text: string): JsonObject[] {
	return readEvents(text)
		.filter(event => event['type'] === 'response.output_item.done')
		.map(event => objectAt(event, 'item'));
}

/** What the model said in a whole stream. */
export function readText(text: string): string {
	return readEvents(text)
		.filter(event => event['type'] === 'response.output_text.delta')
		.map(event => String(event['delta']))
		.join('');
}
