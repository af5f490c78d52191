import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { runtimeFileSchema } from '../../src/shared/poolApi.js';
import { codexTurn, sdkRequest } from '../support/poolRequests.js';
import { PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn } from '../support/turns.js';
import { failedStream } from '../support/upstream/faults.js';
import { send, type SendOptions, type WholeAnswer } from '../support/upstream/turn.js';

/** Every text that left the pool, and where it was seen. */
class Evidence {
	readonly #texts: { readonly where: string; readonly text: string }[] = [];

	add(where: string, text: string): void {
		this.#texts.push({ where, text });
	}

	addAnswer(where: string, { status, headers, text }: WholeAnswer): void {
		this.add(where, `${status} ${JSON.stringify(headers)} ${text}`);
	}

	/** Also as base64 or hex, the ways in which bytes are mostly written down. */
	placesOf(secret: string): string[] {
		const bytes = Buffer.from(secret);
		const forms = [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')];
		return this.#texts.filter(({ text }) => forms.some(form => text.includes(form))).map(({ where }) => where);
	}
}

describe('secrets', () => {
	let pool: PoolUnderTest;
	let evidence: Evidence;
	/** Name and text of every secret that exists at some time. */
	let secrets: Map<string, string>;
	let adminToken: string;
	let runtimeFile: string;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ accounts: 3 });
		evidence = new Evidence();
		secrets = new Map();
		runtimeFile = join(pool.folder, 'home', 'runtime', `${pool.owner.port}.json`);
		adminToken = runtimeFileSchema.parse(JSON.parse(await readFile(runtimeFile, 'utf8'))).adminToken;
		secrets.set('admin token', adminToken).set('default pool key', pool.key);
		noteTokens('first');
	});
	afterEach(() => pool.close());

	/** The middle of a JWT alone would be enough to know whose it is, so that is what is looked for. */
	function noteTokens(when: string): void {
		for (const [at, { tokens }] of pool.upstream.accounts.entries()) {
			assert.ok(tokens);
			secrets.set(`${when} access token ${at}`, tokens.accessToken.split('.')[1] ?? '');
			secrets.set(`${when} id token ${at}`, tokens.idToken.split('.')[1] ?? '');
			secrets.set(`${when} refresh token ${at}`, tokens.refreshToken);
		}
	}

	const manage = async (path: string, options: SendOptions = {}) => {
		const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
		const answer = await send(`${pool.owner.baseUrl}/pool/api/${path}`, { headers, ...options });
		return answer;
	};

	async function runTraffic(): Promise<void> {
		const turn = async (where: string, thread: string, options = {}): Promise<void> =>
			evidence.addAnswer(where, await codexTurn(pool, thread, options));

		await turn('a turn', 'success');
		evidence.addAnswer('an SDK reply', await sdkRequest(pool, { model: 'gpt-5.5', input: 'hi' }));

		for (const account of pool.upstream.accounts) account.revokeAccess();
		for (let at = 0; at < 4; at++) await turn('a turn that renews tokens', `renew-${at}`);
		noteTokens('renewed');

		const [broken] = pool.upstream.accounts;
		broken?.revokeAccess();
		broken?.breakRefresh('refresh_token_invalidated');
		for (let at = 0; at < 4; at++) await turn('a turn beside a broken sign-in', `broken-${at}`);

		pool.upstream.script({ kind: 'reply', status: 500, body: 'a page' }, { when: isTurn, times: 9 });
		await turn('a turn that fails', 'failure');
		pool.upstream.clearFaults();
		pool.upstream.script(failedStream('context_length_exceeded'), { when: isTurn });
		await turn('a turn that is too long', 'too-long');
		pool.upstream.script({ kind: 'cut', after: 'output', how: 'reset' }, { when: isTurn });
		await turn('a turn that breaks', 'cut');
		pool.upstream.script({ kind: 'reply', status: 500 }, { path: '/oauth/token', times: 9 });
		for (const account of pool.upstream.accounts) account.revokeAccess();
		await turn('a turn while the issuer is down', 'issuer');
		pool.upstream.clearFaults();
		for (const account of pool.upstream.accounts) account.spend('weekly', 100);
		await turn('a turn when all is spent', 'spent');
		noteTokens('last');

		await turn('a broken body', 'bad', { body: '{"model":' });
		await turn('a wrong encoding', 'bad', { body: 'x', headers: { 'content-encoding': 'gzip' } });
		await turn('an unknown encoding', 'bad', { headers: { 'content-encoding': pool.key } });
		await turn('a wrong key', 'bad', { headers: { authorization: `Bearer ${adminToken}` } });
		await turn('a foreign host', 'bad', { headers: { host: 'evil.test' } });
		evidence.addAnswer(
			'the models',
			await send(`${pool.owner.openaiBaseUrl}/models`, { headers: { authorization: `Bearer ${pool.key}` } }),
		);
		evidence.addAnswer(
			'an unknown path',
			await send(`${pool.owner.baseUrl}/nothing`, { headers: { authorization: `Bearer ${pool.key}` } }),
		);
	}

	async function runManagement(): Promise<void> {
		const created = await manage('keys', { body: JSON.stringify({ name: 'Laptop' }) });
		const { id, key } = JSON.parse(created.text) as { id: string; key: string };
		secrets.set('created pool key', key);
		const renewed = JSON.parse((await manage(`keys/${id}/rotate`, { method: 'POST' })).text) as { key: string };
		secrets.set('renewed pool key', renewed.key);
		const theDefault = await manage('keys/key_default/rotate', { method: 'POST' });
		secrets.set('renewed default key', (JSON.parse(theDefault.text) as { key: string }).key);
		const limits = JSON.stringify({ models: ['gpt-5.5'], budget: { tokens: 1, per: 'day' } });
		await manage(`keys/${id}`, { method: 'PATCH', body: limits });
		for (const model of ['gpt-6-sol', 'gpt-5.5', 'gpt-5.5']) {
			const limited = { owner: pool.owner, key: renewed.key };
			evidence.addAnswer(`a limited key asks for ${model}`, await sdkRequest(limited, { model, input: 'hi' }));
		}
		for (const old of [key, pool.key]) {
			evidence.addAnswer('an old secret', await codexTurn({ owner: pool.owner, key: old }));
		}
		const [account] = (await pool.control.state()).accounts;
		const good = JSON.stringify(pool.upstream.accounts[1]?.authFile());
		noteTokens('imported');
		const calls: readonly (readonly [string, SendOptions?])[] = [
			['state'],
			['keys'],
			['sessions'],
			['usage'],
			['usage?by=key'],
			['usage?by=moon'],
			['nothing'],
			[`accounts/${account?.id ?? ''}`, { method: 'PATCH', body: '{"name":"Work"}' }],
			[`accounts/${account?.id ?? ''}/refresh-usage`, { method: 'POST' }],
			['accounts/import', { body: JSON.stringify({ documents: [good] }) }],
			['accounts/import', { body: JSON.stringify({ documents: [good, good.slice(0, -9)] }) }],
			['accounts/import', { body: JSON.stringify({ documents: [good.replace('refresh_token', 'refresh_tokem')] }) }],
			['accounts/import', { body: JSON.stringify({ documents: good }) }],
			['accounts/import', { body: good.slice(0, -3) }],
			[`keys/${id}`, { method: 'PATCH', body: JSON.stringify({ name: key }) }],
			[`keys/${key}`, { method: 'PATCH', body: '{"name":"x"}' }],
			[`keys/${id}`, { method: 'DELETE' }],
			[`keys/${pool.key}`, { method: 'DELETE', headers: { authorization: 'Bearer wrong' } }],
		];
		for (const [path, options] of calls)
			evidence.addAnswer(`${options?.method ?? ''} ${path}`, await manage(path, options));
	}

	async function addFiles(): Promise<void> {
		for (const entry of await readdir(pool.folder, { recursive: true, withFileTypes: true })) {
			if (!entry.isFile()) continue;
			const file = join(entry.parentPath, entry.name);
			const text = await readFile(file, 'latin1');
			evidence.add(`file ${entry.name}`, file === runtimeFile ? text.replace(adminToken, '') : text);
		}
	}

	it('are in no file, log event, reply, header or event frame, whatever happens', async () => {
		const socket = new WebSocket(`ws://127.0.0.1:${pool.owner.port}/pool/api/events`, {
			headers: { authorization: `Bearer ${adminToken}` },
		});
		socket.on('message', (data: Buffer) => evidence.add('event frame', data.toString('utf8')));
		await once(socket, 'message');

		await runTraffic();
		await runManagement();
		await addFiles();
		await pool.runtime.close(0);
		await addFiles();
		for (const line of pool.logLines) evidence.add('log', line);

		const found = [...secrets].flatMap(([name, secret]) => {
			assert.ok(secret.length >= 20, name);
			return evidence.placesOf(secret).map(where => `${name} in ${where}`);
		});
		assert.deepEqual(found, []);
		assert.ok(secrets.size > 20);
	});

	it('would be found if they were there', async () => {
		pool.upstream.script(
			{ kind: 'reply', status: 400, body: { detail: `Leaked ${pool.upstream.accounts[0]?.refreshToken}` } },
			{ when: isTurn },
		);
		evidence.addAnswer('a careless upstream', await codexTurn(pool));
		await addFiles();
		const secret = secrets.get('first refresh token 0') ?? '';
		assert.deepEqual(evidence.placesOf(secret), ['a careless upstream']);
		evidence.add('hex', Buffer.from(`x ${pool.key}`).toString('hex'));
		assert.deepEqual(evidence.placesOf(pool.key), ['hex']);
	});

	it('do not travel to the provider: neither the pool key nor what a client sends beside it', async () => {
		await codexTurn(pool, 't', {
			headers: {
				cookie: pool.key,
				'x-api-key': pool.key,
				'x-codex-pool-key': pool.key,
				'proxy-authorization': pool.key,
			},
		});
		const sent = pool.upstream.requests.map(({ headers, query }) => JSON.stringify([headers, [...query]])).join('\n');
		assert.ok(sent.includes('responses') || pool.upstream.requests.length > 0);
		for (const secret of [pool.key, adminToken]) assert.ok(!sent.includes(secret));
		assert.deepEqual(pool.upstream.violations, []);
	});
});
