import assert from 'node:assert/strict';
import { panelHtml } from '../../src/editor/panelHtml.js';
import { answerPanel } from '../../src/editor/panelRequests.js';
import { coverEmails } from '../../src/shared/coverEmails.js';
import type { PanelHandlers, PanelState } from '../../src/shared/panelMessages.js';
import { PoolError } from '../../src/shared/poolError.js';

const state: PanelState = {
	connection: 'starting',
	problem: null,
	pool: null,
	codexConfigured: null,
	openCodeConfigured: null,
	hideEmails: false,
};

describe('answerPanel', () => {
	it('answers a request with the result of its handler', async () => {
		const answer = await ask({ kind: 'request', id: 7, name: 'ready' }, handlers());

		assert.deepEqual(answer, { kind: 'reply', id: 7, result: state });
	});

	it('passes checked parameters on', async () => {
		const seen: unknown[] = [];
		const params = { accountId: 'a', selected: false, extra: 'dropped' };

		const answer = await ask(
			{ kind: 'request', id: 1, name: 'account/select', params },
			handlers({
				'account/select': given => {
					seen.push(given);
					return Promise.resolve(undefined);
				},
			}),
		);

		assert.deepEqual(seen, [{ accountId: 'a', selected: false }]);
		assert.deepEqual(answer, { kind: 'reply', id: 1 });
	});

	it('refuses parameters of the wrong shape without running the handler', async () => {
		const message = { kind: 'request', id: 2, name: 'url/copy', params: { kind: 'evil' } };

		const answer = await ask(message, handlers());

		assert.equal(answer?.kind, 'failure');
	});

	it('takes a name that the pool takes, and no name for the e-mail', async () => {
		const seen: unknown[] = [];
		const own = handlers({
			'account/rename': given => {
				seen.push(given.name);
				return Promise.resolve(undefined);
			},
		});
		const rename = (name: unknown) =>
			ask({ kind: 'request', id: 4, name: 'account/rename', params: { accountId: 'a', name } }, own);

		for (const name of ['  Work ', null]) assert.equal((await rename(name))?.kind, 'reply');
		for (const name of ['', 'x'.repeat(81), undefined]) assert.equal((await rename(name))?.kind, 'failure');

		assert.deepEqual(seen, ['Work', null]);
	});

	it('takes no drop of more, larger or nameless files than it may hold', async () => {
		const seen: unknown[] = [];
		const own = handlers({
			'account/drop': given => {
				seen.push(given.files.length);
				return Promise.resolve({ imported: [], refused: [] });
			},
		});
		const drop = (files: unknown) => ask({ kind: 'request', id: 5, name: 'account/drop', params: { files } }, own);
		const file = { name: 'auth.json', text: '{}' };

		assert.equal((await drop([file, file]))?.kind, 'reply');
		const refused = [[], Array(21).fill(file), [{ ...file, text: 'x'.repeat(1_048_577) }], [{ text: '{}' }]];
		for (const files of refused) assert.equal((await drop(files))?.kind, 'failure');

		assert.deepEqual(seen, [2]);
	});

	it('takes a priority and a reserve only in their ranges', async () => {
		const own = handlers({ 'account/spend': () => Promise.resolve(undefined) });
		const spend = (params: object) =>
			ask({ kind: 'request', id: 6, name: 'account/spend', params: { accountId: 'a', ...params } }, own);

		for (const params of [{ priority: 1 }, { reservePercent: 90 }]) assert.equal((await spend(params))?.kind, 'reply');
		for (const params of [{ priority: 0 }, { priority: 2.5 }, { reservePercent: 91 }]) {
			assert.equal((await spend(params))?.kind, 'failure');
		}
	});

	it('takes a page of the log by its filter, and none that is too large', async () => {
		const seen: unknown[] = [];
		const own = handlers({
			'request/list': given => {
				seen.push(given);
				return Promise.resolve({ requests: [], next: null, isCutShort: false });
			},
		});
		const list = (params: object) => ask({ kind: 'request', id: 8, name: 'request/list', params }, own);

		assert.equal((await list({ limit: 200, before: '2s', outcome: 'failed' }))?.kind, 'reply');
		for (const params of [{ limit: 201 }, { before: '../..' }, { outcome: 'odd' }, { text: 'x'.repeat(201) }]) {
			assert.equal((await list(params))?.kind, 'failure');
		}

		assert.deepEqual(seen, [{ limit: 200, before: '2s', outcome: 'failed' }]);
	});

	it('takes a name for a model only as the pool takes it', async () => {
		const own = handlers({ 'alias/set': () => Promise.resolve(undefined) });
		const set = (params: object) =>
			ask({ kind: 'request', id: 9, name: 'alias/set', params: { model: 'gpt-5.5', ...params } }, own);

		assert.equal((await set({ name: 'deep', effort: 'high', tier: 'fast', verbosity: 'low' }))?.kind, 'reply');
		for (const params of [{ name: 'two words' }, { name: '' }, { name: 'deep', verbosity: 'loud' }]) {
			assert.equal((await set(params))?.kind, 'failure');
		}
	});

	for (const message of [undefined, 'text', { kind: 'reply', id: 1 }, { kind: 'request', id: 1, name: 'toString' }]) {
		it(`drops ${JSON.stringify(message)}, which is no request`, async () => {
			assert.equal(await ask(message, handlers()), undefined);
		});
	}

	it('passes on what a user may know of a failure, and nothing else', async () => {
		const known = handlers({ 'key/copy': () => Promise.reject(new PoolError('key_not_found', 'There is no key.')) });
		const unknown = handlers({ 'key/copy': () => Promise.reject(new Error('secret detail')) });
		const message = { kind: 'request', id: 3, name: 'key/copy' };

		assert.deepEqual(await ask(message, known), { kind: 'failure', id: 3, message: 'There is no key.' });
		const answer = await ask(message, unknown);
		assert.equal(answer?.kind === 'failure' && !answer.message.includes('secret'), true);
	});

	it('tells of a failure without the addresses that the panel must not show', async () => {
		const renewed = new PoolError('sign_in_failed', 'You signed in as ada@example.com, which is another account.');
		const own = handlers({ 'account/signIn': () => Promise.reject(renewed) });
		const message = { kind: 'request', id: 5, name: 'account/signIn', params: { accountId: 'a' } };

		const shown = await answerPanel(message, own, coverEmails);

		assert.equal(
			shown?.kind === 'failure' && shown.message,
			'You signed in as hidden e-mail, which is another account.',
		);
	});
});

describe('panelHtml', () => {
	it('allows its own script and resources, and nothing inline or remote', () => {
		const html = panelHtml({
			nonce: 'abc',
			cspSource: 'https://own',
			script: 'https://own/main.js',
			codicons: 'https://own/c.css',
			language: 'zh-cn',
			texts: { Add: '</script><b>' },
		});

		const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
		assert.match(policy, /^default-src 'none'; script-src 'nonce-abc'; style-src https:\/\/own;/);
		assert.doesNotMatch(policy, /unsafe|\*/);
		assert.match(html, /id="vscode-codicon-stylesheet" href="https:\/\/own\/c\.css"/);
		assert.match(html, /<html lang="zh-cn">/);
		assert.ok(html.includes(String.raw`id="texts">{"Add":"\u003c/script>\u003cb>"}</script>`));
		assert.match(html, /<script type="module" nonce="abc" src="https:\/\/own\/main\.js">/);
	});
});

function ask(message: unknown, own: PanelHandlers): ReturnType<typeof answerPanel> {
	return answerPanel(message, own, words => words);
}

function handlers(own: Partial<PanelHandlers> = {}): PanelHandlers {
	const unexpected = (): Promise<never> => Promise.reject(new Error('Not expected to run'));
	return {
		ready: () => Promise.resolve(state),
		'account/add': unexpected,
		'account/import': unexpected,
		'account/drop': unexpected,
		'account/select': unexpected,
		'account/pause': unexpected,
		'account/rename': unexpected,
		'account/order': unexpected,
		'account/spend': unexpected,
		'account/signIn': unexpected,
		'account/export': unexpected,
		'account/remove': unexpected,
		'account/refresh': unexpected,
		'account/history': unexpected,
		'account/redeemReset': unexpected,
		'pool/change': unexpected,
		'usage/read': unexpected,
		'request/list': unexpected,
		'request/explain': unexpected,
		'model/list': unexpected,
		'model/expose': unexpected,
		'alias/set': unexpected,
		'alias/remove': unexpected,
		'session/list': unexpected,
		'session/move': unexpected,
		'session/forget': unexpected,
		'key/list': unexpected,
		'key/create': unexpected,
		'key/change': unexpected,
		'key/rotate': unexpected,
		'key/revoke': unexpected,
		'key/copy': unexpected,
		'url/copy': unexpected,
		'codex/configure': unexpected,
		'codex/undo': unexpected,
		'openCode/configure': unexpected,
		'openCode/undo': unexpected,
		'log/show': unexpected,
		'setting/show': unexpected,
		'pool/retry': unexpected,
		...own,
	};
}
