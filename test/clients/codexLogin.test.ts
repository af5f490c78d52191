import assert from 'node:assert/strict';
import { CodexLogin } from '../support/codexLogin.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';

describe('an account file of a real Codex client', function () {
	this.timeout(40_000);

	let pool: PoolUnderTest;
	let codex: CodexLogin;
	let account: SimulatedAccount;

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ accounts: 0 });
		codex = await CodexLogin.create(pool.upstream);
		account = pool.upstream.addAccount({ email: 'real@example.com', plan: 'pro' });
	});
	afterEach(async () => {
		await codex.dispose();
		await closeWithoutViolations(pool);
	});

	const ways: readonly (readonly [way: string, signIn: () => Promise<void>])[] = [
		['by device code', () => codex.withDeviceCode(account)],
		['in the browser', () => codex.inTheBrowser(account)],
	];
	for (const [way, signIn] of ways) {
		it(`is imported when it has signed in ${way}, and its tokens work`, async () => {
			await signIn();

			const [added] = await pool.control.importAccounts([await codex.authFile()]);
			const tested = await pool.control.refreshAccount(added?.id ?? '');

			assert.deepEqual([tested.email, tested.plan, tested.state], ['real@example.com', 'pro', 'active']);
			assert.ok(tested.windows.length > 0);
		});
	}

	it('renews the account that is there when the same one is imported again', async () => {
		await codex.withDeviceCode(account);
		const [first] = await pool.control.importAccounts([await codex.authFile()]);
		await codex.withDeviceCode(account);

		const [second] = await pool.control.importAccounts([await codex.authFile()]);

		assert.deepEqual([second?.id, second?.addedAt], [first?.id, first?.addedAt]);
		assert.equal((await pool.control.state()).accounts.length, 1);
	});

	it('is refused with a sentence when it holds an API key, and nothing of the others is added', async () => {
		await codex.withDeviceCode(account);
		const good = await codex.authFile();
		await codex.withApiKey('sk-test-0123456789');

		await assert.rejects(pool.control.importAccounts([good, await codex.authFile()]), {
			code: 'invalid_account_file',
			message: /holds an API key.*Run "codex login"/,
		});

		assert.deepEqual((await pool.control.state()).accounts, []);
	});

	it('is understood by the client when the pool has written it', async () => {
		await codex.withDeviceCode(account);
		const [added] = await pool.control.importAccounts([await codex.authFile()]);

		const exported = await pool.control.exportAccount(added?.id ?? '', 'codex');

		assert.match(await codex.statusWith(exported), /Logged in using ChatGPT/);
	});
});
