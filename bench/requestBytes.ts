/** Requests as they go over the wire, ready to be written. */

export interface RequestOptions {
	readonly key: string;
	/** Which answer the upstream gives; see upstreamProgram.ts. */
	readonly shape: 'small' | 'paced' | 'bulk' | 'slow';
	readonly route?: '/backend-api/codex/responses' | '/v1/responses';
	readonly body?: Buffer;
	/** The session of a Codex client. */
	readonly session?: string;
	/** The upstream refuses the first attempt of each turn. */
	readonly turn?: string;
}

export type RequestBytes = readonly Buffer[];

const smallBody = codexBody('x'.repeat(110));

/** The same as a message over a WebSocket. */
export const messageBody = Buffer.from(
	`{"type":"response.create",${codexBody('x'.repeat(80)).toString('utf8').slice(1)}`,
);

export function requestBytes(options: RequestOptions): RequestBytes {
	const { key, shape, session, turn, route = '/backend-api/codex/responses', body = smallBody } = options;
	const isCodex = route === '/backend-api/codex/responses';
	const lines = [
		`POST ${route} HTTP/1.1`,
		'host: 127.0.0.1',
		`authorization: Bearer ${key}`,
		'content-type: application/json',
		'accept: text/event-stream',
		isCodex ? 'user-agent: codex_exec/0.169.0 (Debian 12; x86_64)' : 'user-agent: OpenAI/JS 6.49.0',
		...(isCodex ? ['originator: codex_exec'] : []),
		...(session === undefined ? [] : [`session-id: ${session}`, `thread-id: ${session}`]),
		`x-codex-bench: ${shape}`,
		...(turn === undefined ? [] : [`x-codex-bench-turn: ${turn}`]),
		`content-length: ${body.length}`,
	];
	const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
	return body.length <= 4096 ? [Buffer.concat([head, body])] : [head, body];
}

/** One for each of so many sessions. */
export function requestsOfSessions(count: number, options: RequestOptions): RequestBytes[] {
	return Array.from({ length: count }, (_, at) => requestBytes({ ...options, session: `bench-session-${at}` }));
}

/** What Codex sends: `model` first, the keys that matter last, nothing the pool would have to change. */
export function codexBody(text: string): Buffer {
	return Buffer.from(
		`{"model":"gpt-6-sol","instructions":"You are Codex.","input":[${items('developer', text)}],` +
			'"tools":[],"tool_choice":"auto","parallel_tool_calls":true,"reasoning":{"effort":"medium"},"store":false,' +
			'"stream":true,"include":["reasoning.encrypted_content"],"prompt_cache_key":"bench"}',
	);
}

/** What an OpenAI SDK sends: a system message, messages as plain text and a parameter the backend refuses. */
export function sdkBody(text: string): Buffer {
	return Buffer.from(
		`{"model":"gpt-6-sol","input":[{"role":"system","content":"Be brief."},${items('user', text)}],` +
			'"temperature":0.2,"stream":true}',
	);
}

/** Messages of two kilobytes with the escapes that source code brings. */
function items(role: string, text: string): string {
	const line = '\\tconst answer = \\"forty-two\\"; // comment\\n';
	const size = 2048;
	if (text.length < size) return message(role, text);
	const count = Math.floor(text.length / size);
	return Array.from({ length: count }, () => message(role, line.repeat(Math.ceil(size / line.length)))).join(',');
}

function message(role: string, text: string): string {
	return `{"role":"${role}","content":[{"type":"input_text","text":"${text}"}]}`;
}
