import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { listAt, objectAt, textAt } from './upstream/json.js';
import { readEvents, readText, send, turnBody } from './upstream/turn.js';

describe('the simulator as a program', () => {
	let program: ChildProcessByStdio<null, Readable, null> | undefined;

	afterEach(() => program?.kill('SIGKILL'));

	const start = async (...flags: string[]): Promise<unknown> => {
		const args = ['--import', 'tsx', 'test/support/upstream/main.ts', ...flags];
		program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
		for await (const line of createInterface(program.stdout)) return JSON.parse(line);
		throw new Error('The simulator said nothing');
	};
	const turn = (ready: unknown, model: string) => {
		const tokens = objectAt(objectAt(listAt(ready, 'accounts')[0], 'authFile'), 'tokens');
		const headers = {
			authorization: `Bearer ${textAt(tokens, 'access_token')}`,
			'chatgpt-account-id': textAt(tokens, 'account_id') ?? '',
		};
		const url = `${textAt(ready, 'backendUrl')}/codex/responses`;
		return send(url, { headers, body: turnBody('hi', { model }) });
	};

	it('says where it listens and stops when told', async () => {
		const ready = await start('--accounts', '2');

		const answer = await turn(ready, 'gpt-5.5');
		program?.kill('SIGTERM');
		const [exitCode] = (await once(program ?? process, 'exit')) as [number | null];

		assert.equal(listAt(ready, 'accounts').length, 2);
		assert.equal(readText(answer.text), 'Echo: hi');
		assert.equal(exitCode, 0);
	});

	it('answers from prepared bytes for benchmarks, in a form clients accept', async () => {
		const ready = await start('--canned', '--deltas', '5', '--event-delay-ms', '1');

		const answer = await turn(ready, 'gpt-5.6-sol');

		const events = readEvents(answer.text);
		assert.equal(answer.headers['openai-model'], 'gpt-5.6-sol');
		assert.equal(events.filter(event => event['type'] === 'response.output_text.delta').length, 5);
		assert.equal(events.at(-1)?.['type'], 'response.completed');
	});
});
