import assert from 'node:assert/strict';
import { modelView } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

describe('codex-pool models', () => {
	let server: ManagementServer;

	const run = (...args: string[]): Promise<CliResult> =>
		runCli(['models', ...args], { CODEX_POOL_HOME: server.homeDir, CODEX_POOL_PORT: String(server.port) });
	const sent = (method: string): unknown[] =>
		server.requests.filter(request => request.method === method).map(({ body }) => body);

	beforeEach(async () => {
		server = await ManagementServer.start();
		server.models = [
			modelView(),
			modelView({ name: 'gpt-6-sol', model: 'gpt-6-sol', exposed: false, inPicker: false, efforts: [], tiers: [] }),
			modelView({ name: 'gpt-5.5-high', kind: 'variant', effort: 'high', inPicker: false }),
		];
	});
	afterEach(() => server.close());

	it('counts the variants that nobody chose to show', async () => {
		const { stdout } = await run();

		assert.deepEqual(
			stdout.split('\n').map(line => line.split(' ')[0]),
			['NAME', 'gpt-5.5', 'gpt-6-sol', '', 'Clients', ''],
		);
		assert.match(
			stdout,
			/Clients may also say 1 variant, gpt-5\.5-high\. See them with "codex-pool models list --all"\./,
		);
	});

	for (const args of [['--all'], ['list', '--all']]) {
		it(`lists what clients may say as \`${['models', ...args].join(' ')}\``, async () => {
			const { stdout } = await run(...args);

			assert.deepEqual(
				stdout
					.trimEnd()
					.split('\n')
					.map(line => line.split(/ {2,}/)),
				[
					['NAME', 'KIND', 'SHOWN', 'STANDS FOR'],
					['gpt-5.5', 'model', 'yes', 'effort low medium high; tier fast'],
					['gpt-6-sol', 'model', 'no'],
					['gpt-5.5-high', 'variant', 'not in Codex', 'gpt-5.5, effort high'],
				],
			);
			assert.deepEqual(JSON.parse((await run(...args, '--json')).stdout), { models: server.models });
		});
	}

	it('hides and exposes', async () => {
		const hidden = await run('hide', 'gpt-5.5', 'gpt-5.5-high');
		const exposed = await run('expose', 'gpt-6-sol', '--json');

		assert.equal(hidden.stdout, 'Clients are no longer shown gpt-5.5, gpt-5.5-high. A request may still name them.\n');
		assert.deepEqual(JSON.parse(exposed.stdout), { models: [server.models[1]] });
		assert.deepEqual(sent('PATCH'), [{ hide: ['gpt-5.5', 'gpt-5.5-high'] }, { expose: ['gpt-6-sol'] }]);
	});

	it('names a model, and takes the name away', async () => {
		const made = await run('alias', 'deep', 'gpt-5.5', '--effort', 'high', '--tier', 'fast', '--verbosity', 'low');
		assert.equal(made.stdout, 'deep is gpt-5.5, effort high, tier fast, verbosity low now.\n');
		assert.deepEqual(sent('POST'), [
			{ name: 'deep', model: 'gpt-5.5', effort: 'high', tier: 'fast', verbosity: 'low' },
		]);

		const gone = await run('unalias', 'deep');

		assert.equal(gone.stdout, 'deep is no longer a name for a model.\n');
		assert.equal((await run('unalias', 'deep')).exitCode, 1);
	});

	it('tells wrong usage from what the pool refuses', async () => {
		const [verbosity, model] = [
			await run('alias', 'deep', 'gpt-5.5', '--verbosity', 'huge'),
			await run('alias', 'deep', 'gpt-nothing', '--json'),
		];

		assert.equal(verbosity.exitCode, 2);
		assert.equal(model.exitCode, 1);
		assert.equal((JSON.parse(model.stderr) as { error: { code: string } }).error.code, 'model_not_found');
	});
});
