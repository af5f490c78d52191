import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ChangeJournal } from '../../src/configuration/changeJournal.js';
import { ClientConfiguration } from '../../src/configuration/clientConfiguration.js';
import { codexClient } from '../../src/configuration/codexClient.js';
import { openCodeClient } from '../../src/configuration/openCodeClient.js';
import { checkSetup } from '../../src/setup/checkSetup.js';
import { PoolUnderTest } from '../support/poolUnderTest.js';

describe('checkSetup, with a whole pool', () => {
	let pool: PoolUnderTest;
	let codex: ClientConfiguration;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
		await pool.control.refreshAccounts();
		codex = new ClientConfiguration(codexClient({ CODEX_HOME: join(pool.folder, 'codex') }), journal());
		await (await codex.prepare({ port: pool.owner.port, key: pool.key })).apply();
	});
	afterEach(() => pool.close());

	const journal = (): ChangeJournal => new ChangeJournal(join(pool.folder, 'journal'));
	/** Without the ports of the sign-in, which anybody on this machine may hold. */
	const look = async (): Promise<string[]> => {
		const { port, version } = pool.owner;
		const xdg = { XDG_CONFIG_HOME: pool.folder, XDG_DATA_HOME: pool.folder };
		const checks = await checkSetup({
			port,
			version,
			homeDir: join(pool.folder, 'home'),
			env: {},
			codex,
			openCode: new ClientConfiguration(openCodeClient(xdg), journal()),
			nameOf: ({ id }) => id,
			problem: null,
			now: Date.now,
		});
		return checks.slice(0, -1).map(({ name, state }) => `${name} ${state}`);
	};

	it('finds nothing wrong where nothing is', async () => {
		const found = await look();

		assert.deepEqual(found, ['Pool ok', 'Accounts ok', 'Provider ok', 'Keys ok', 'Codex ok', 'OpenCode unknown']);
	});

	it('finds that the key of a client has been replaced', async () => {
		const [key] = await pool.control.listKeys();
		assert.ok(key);

		await pool.control.rotateKey(key.id);

		assert.ok((await look()).includes('Codex problem'));
	});

	it('finds that the pool is off, and then that it is gone', async () => {
		await pool.control.changePool({ enabled: false });
		assert.ok((await look()).includes('Pool problem'));

		await pool.runtime.close(0);

		assert.deepEqual(await look(), ['Pool problem', 'Codex unknown', 'OpenCode unknown']);
	});
});
