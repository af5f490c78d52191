import { codexTurn, sdkRequest, type PoolAddress } from './poolRequests.js';
import { isTurn } from './turns.js';
import type { Upstream } from './upstream/startUpstream.js';
import { turnBody, userMessage } from './upstream/turn.js';

/**
 * What people do with a pool: threads of Codex that grow, OpenCode, a program with an SDK. In the middle of it the account
 * that carries the first thread is spent, so that the thread moves on.
 */
export async function workThrough(pool: PoolAddress, upstream: Upstream): Promise<void> {
	const parser = new Thread(pool, 'parser', 'gpt-6-sol');
	for (const question of ['Explain the parser', 'Find the bug in it', 'Fix it and run the tests']) {
		await parser.ask(question);
	}
	upstream.requests.findLast(isTurn)?.account?.spend('5h', 100);
	await parser.ask('Now make it faster');
	await new Thread(pool, 'docs', 'gpt-5.5').ask('Write a README');
	await parser.ask('Compare it with the old one');

	const openCode = { 'user-agent': 'opencode/1.18.33' };
	for (const text of ['Rename the module', 'Add a test for empty input']) {
		await sdkRequest(pool, sdkBody(text, { model: 'gpt-5.5', prompt_cache_key: 'opencode-1', stream: true }), openCode);
	}
	await sdkRequest(pool, sdkBody('Summarise the changes', { model: 'gpt-5.6-luna', stream: false }));
	await sdkRequest(pool, sdkBody('Translate the summary', { model: 'gpt-5.6-luna', stream: true }));
}

/** A thread of Codex, which sends all that was said before with each turn. */
class Thread {
	readonly #pool: PoolAddress;
	readonly #name: string;
	readonly #model: string;
	readonly #said: ReturnType<typeof userMessage>[] = [userMessage(sourceCode(60_000))];

	constructor(pool: PoolAddress, name: string, model: string) {
		this.#pool = pool;
		this.#name = name;
		this.#model = model;
	}

	async ask(question: string): Promise<void> {
		this.#said.push(userMessage(sourceCode(9_000)), userMessage(question));
		const body = turnBody(question, { model: this.#model, prompt_cache_key: this.#name, input: this.#said });
		await codexTurn(this.#pool, this.#name, { body });
	}
}

function sdkBody(text: string, settings: Readonly<Record<string, unknown>>) {
	return { ...settings, input: `${sourceCode(12_000)}\n${text}` };
}

function sourceCode(length: number): string {
	return 'const answer = parse(source, { strict: true });\n'.repeat(Math.ceil(length / 48));
}
