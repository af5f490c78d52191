import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { chatVendor, quotaToolName } from '../../../src/editor/chatNames.js';
import { eventually } from '../../support/eventually.js';
import { isTurn, lastTurnBody } from '../../support/turns.js';
import { pool, provider, set } from './editorUnderTest.js';

const { User, Assistant } = vscode.LanguageModelChatMessageRole;
/** Not among the types of the oldest VS Code that the extension runs in. */
const { LanguageModelDataPart } = vscode as typeof vscode & {
	LanguageModelDataPart: new (data: Uint8Array, mimeType: string) => vscode.LanguageModelTextPart;
};
/** Whole: the editor looks at an image before it hands it on. */
const onePixel = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64',
);
const shell: vscode.LanguageModelChatTool = {
	name: 'shell',
	description: 'Runs a command',
	inputSchema: { type: 'object', properties: { command: { type: 'string' } } },
};

describe('the pool in the chat of VS Code', () => {
	before(async () => {
		const state = await (await pool()).state();
		if (state.accounts.length > 0) return;
		await (await pool()).importAccounts(provider().accounts.map(account => JSON.stringify(account.authFile())));
	});

	it('has the models that pickers show, as the catalogue describes them', async () => {
		const model = await chatModel('gpt-5.5');

		const { vendor, name, family, maxInputTokens, capabilities } = model as vscode.LanguageModelChat & {
			capabilities: { supportsImageToText: boolean; supportsToolCalling: boolean };
		};
		assert.deepEqual(
			{ vendor, name, family, maxInputTokens },
			{ vendor: chatVendor, name: 'GPT-5.5', family: 'gpt-5.5', maxInputTokens: 258_400 },
		);
		assert.equal(capabilities.supportsToolCalling && capabilities.supportsImageToText, true);
		const names = (await chatModels()).map(({ id }) => id);
		assert.deepEqual(
			names.filter(id => /-(?:high|fast)$/.test(id) || id === 'codex-auto-review'),
			[],
		);
	});

	it('answers a question, under a name of its own in the usage', async () => {
		const answer = await ask(await chatModel('gpt-5.5'), [vscode.LanguageModelChatMessage.User('größer 🎉')]);

		assert.deepEqual(answer, ['Echo: größer 🎉']);
		const request = await eventually('the request is settled', async () => {
			const { recentRequests } = await (await pool()).state();
			return recentRequests.find(({ client }) => client === 'vscode-chat');
		});
		assert.deepEqual([request.route, request.outcome, request.model], ['/v1/responses', 'succeeded', 'gpt-5.5']);
		assert.deepEqual(provider().violations, []);
	});

	it('calls tools and hears what they answer, in one conversation', async () => {
		const model = await chatModel('gpt-5.5');
		const question = vscode.LanguageModelChatMessage.User('please [[tool:ls]]');

		const [call] = await ask(model, [question], {
			tools: [shell],
			toolMode: vscode.LanguageModelChatToolMode.Required,
		});
		const first = lastTurnBody(provider());
		assert.ok(call instanceof vscode.LanguageModelToolCallPart);
		const result = new vscode.LanguageModelToolResultPart(call.callId, [new vscode.LanguageModelTextPart('README.md')]);
		const answer = await ask(
			model,
			[
				question,
				new vscode.LanguageModelChatMessage(Assistant, [call]),
				new vscode.LanguageModelChatMessage(User, [result]),
			],
			{ tools: [shell] },
		);

		assert.deepEqual([call.name, call.input], ['shell', { command: 'ls' }]);
		assert.deepEqual(answer, ['Echo: please [[tool:ls]] | tool: README.md']);
		const second = lastTurnBody(provider());
		assert.deepEqual([first['tool_choice'], second['tool_choice']], ['required', 'auto']);
		assert.equal(second['prompt_cache_key'], first['prompt_cache_key']);
	});

	it('shows an image to the model', async () => {
		const image = new LanguageModelDataPart(onePixel, 'image/png');
		const message = new vscode.LanguageModelChatMessage(User, [
			new vscode.LanguageModelTextPart('What is this?'),
			image,
		]);

		await ask(await chatModel('gpt-5.5'), [message]);

		assert.match(JSON.stringify(lastTurnBody(provider())['input']), /"image_url":"data:image\/png;base64,iVBORw/);
	});

	it('follows the names that the user makes up, and asks for what they stand for', async () => {
		const control = await pool();
		await control.setAlias({ name: 'deep', model: 'gpt-5.5', effort: 'xhigh', tier: 'fast' });

		const answer = await ask(await chatModel('deep'), [vscode.LanguageModelChatMessage.User('hi')]);

		const { model, reasoning, service_tier } = lastTurnBody(provider());
		assert.deepEqual(answer, ['Echo: hi']);
		assert.deepEqual([model, reasoning, service_tier], ['gpt-5.5', { effort: 'xhigh' }, 'priority']);
		await control.removeAlias('deep');
		await eventually(
			'the name is gone',
			async () => (await chatModels()).every(({ id }) => id !== 'deep') || undefined,
		);
	});

	it('frees the provider when the user stops the answer', async () => {
		provider().script({ kind: 'silence', after: 'output' }, { when: isTurn });
		const model = await chatModel('gpt-5.5');
		const stop = new vscode.CancellationTokenSource();
		const { text } = await model.sendRequest([vscode.LanguageModelChatMessage.User('a long story')], {}, stop.token);

		// What the editor does with the rest of a stopped answer is its own affair.
		const reading = readAll(text).catch(() => undefined);
		const turn = await provider().waitForRequest(request => isTurn(request) && request.answer.outcome === 'pending');
		stop.cancel();

		await turn.settled;
		assert.equal(turn.answer.outcome, 'client_left');
		await reading;
	});

	it('counts tokens by an estimate', async () => {
		const model = await chatModel('gpt-5.5');

		assert.equal(await model.countTokens('x'.repeat(350)), 100);
		assert.equal(await model.countTokens(vscode.LanguageModelChatMessage.User('x'.repeat(350))), 104);
	});

	it('offers nothing while the pool or the setting is off, and is back afterwards', async () => {
		const control = await pool();
		const gone = () =>
			eventually('there are no models', async () => ((await chatModels()).length === 0 ? true : undefined));

		await control.changePool({ enabled: false });
		await gone();
		await control.changePool({ enabled: true });
		await chatModel('gpt-5.5');
		await set('chat', false);
		await gone();
		await set('chat', undefined);
		await chatModel('gpt-5.5');
	});

	it('tells agents what is left, without e-mail addresses', async () => {
		const report = await readQuota();

		const {
			pool: is,
			accounts,
			models,
		} = report as {
			pool: string;
			accounts: { state: string; windows: { hours: number; leftPercent: number }[] }[];
			models: string[];
		};
		assert.equal(is, 'on');
		assert.equal(accounts[0]?.state, 'active');
		assert.deepEqual(
			accounts[0].windows.map(({ hours }) => hours),
			[5, 168],
		);
		assert.ok(models.includes('gpt-5.5'));
		assert.doesNotMatch(JSON.stringify(report), /@/);
		assert.ok(vscode.lm.tools.some(({ name }) => name === quotaToolName));
	});

	it('says until when a spent pool is spent, and agents can read it too', async () => {
		const model = await chatModel('gpt-5.5');
		for (const account of provider().accounts) account.spend('5h', 100);

		const asking = ask(model, [vscode.LanguageModelChatMessage.User('hello')]);

		await assert.rejects(asking, (error: Error) => {
			assert.ok(error instanceof vscode.LanguageModelError, error.stack);
			assert.equal(error.code, vscode.LanguageModelError.Blocked.name);
			assert.match(error.message, /usage limit\. The first is back at .*\d\d:\d\d\.$/);
			return true;
		});
		const report = await eventually('the report knows it', async () => {
			const told = (await readQuota()) as { accountsThatServe: number; servesAgainAt: string };
			return told.accountsThatServe === 0 ? told : undefined;
		});
		assert.ok(Date.parse(report.servesAgainAt) > Date.now());
	});
});

function chatModels(): Thenable<vscode.LanguageModelChat[]> {
	return vscode.lm.selectChatModels({ vendor: chatVendor });
}

/** As soon as the editor knows it. */
function chatModel(id: string): Promise<vscode.LanguageModelChat> {
	return eventually(`the chat has ${id}`, async () => (await chatModels()).find(model => model.id === id));
}

/** The parts of the answer, its text in one piece. */
async function ask(
	model: vscode.LanguageModelChat,
	messages: vscode.LanguageModelChatMessage[],
	options?: vscode.LanguageModelChatRequestOptions,
): Promise<unknown[]> {
	const { stream } = await model.sendRequest(messages, options);
	const parts: unknown[] = [];
	for await (const part of stream) {
		const before = parts.at(-1);
		if (!(part instanceof vscode.LanguageModelTextPart)) parts.push(part);
		else if (typeof before === 'string') parts[parts.length - 1] = before + part.value;
		else parts.push(part.value);
	}
	return parts;
}

async function readAll(stream: AsyncIterable<string>): Promise<string> {
	let all = '';
	for await (const piece of stream) all += piece;
	return all;
}

async function readQuota(): Promise<unknown> {
	const { content } = await vscode.lm.invokeTool(quotaToolName, { input: {}, toolInvocationToken: undefined });
	const [part] = content;
	assert.ok(part instanceof vscode.LanguageModelTextPart);
	return JSON.parse(part.value);
}
