import assert from 'node:assert/strict';
import { ModelCatalogue } from '../../src/core/models/modelCatalogue.js';
import type { JsonReply } from '../../src/core/upstreamPort.js';
import { CorePool } from '../support/corePool.js';
import { json } from '../support/scriptedUpstream.js';

describe('ModelCatalogue', () => {
	let pool: CorePool;
	/** What was asked of the provider, as `a 0.169.0`. */
	let reads: string[];
	/** What the provider answers to a version. */
	let answer: (version: string) => JsonReply;

	const listing = (...slugs: string[]) => json(200, { models: slugs.map(slug => ({ slug })) });
	const open = () => new ModelCatalogue(pool.context, () => undefined);
	const slugs = async (catalogue: ModelCatalogue, version?: string) =>
		(await catalogue.read(version)).map(({ slug }) => slug);

	beforeEach(async () => {
		pool = await CorePool.of('a', 'b');
		reads = [];
		answer = version => (version.startsWith('0.169.') ? listing('old') : listing('new', 'old'));
		pool.upstream.models = ({ accountId }, version) => {
			reads.push(`${accountId} ${version}`);
			return Promise.resolve(answer(version));
		};
	});

	it('is read once of each account for all who ask at the same time', async () => {
		const catalogue = open();

		await Promise.all(Array.from({ length: 10 }, () => catalogue.read()));

		assert.deepEqual(reads, ['a 0.169.0', 'b 0.169.0']);
	});

	it('shows callers that name no version what the newest Codex is shown, after a restart too', async () => {
		const catalogue = open();
		assert.deepEqual(await slugs(catalogue), ['old']);

		await slugs(catalogue, '0.171.2');
		await slugs(catalogue, '0.170.9');

		assert.deepEqual(await slugs(catalogue), ['new', 'old']);
		assert.deepEqual(await slugs(open()), ['new', 'old']);
		assert.equal(reads.at(-1), 'b 0.171.2');
	});

	it('goes by no version that is no release', async () => {
		const catalogue = open();
		for (const version of ['0.171.0-alpha.1', '99.0.0', '0.99999.0', '0.168.9', '0.169.0', 'x'])
			await slugs(catalogue, version);
		pool.store.saveSetting('newestClientVersion', '99.99.99');

		for (const each of [catalogue, open()]) assert.deepEqual(await slugs(each), ['old']);
	});

	for (const [name, nothing] of [
		['nothing', listing()],
		['a refusal', json(400, { detail: 'Unknown client version' })],
	] as const) {
		it(`does not take up a version to which the provider answers ${name}`, async () => {
			const catalogue = open();
			answer = version => (version === '9.0.0' ? nothing : listing('old'));
			await slugs(catalogue, '9.0.0').catch(() => undefined);

			assert.deepEqual(await slugs(catalogue), ['old']);
			assert.equal(pool.store.loadSetting('newestClientVersion'), undefined);
		});

		it(`goes back to the version it knows when the provider begins to answer ${name}`, async () => {
			await slugs(open(), '9.0.0');
			answer = version => (version === '9.0.0' ? nothing : listing('old', version));

			const catalogue = open();
			assert.deepEqual(await slugs(catalogue), ['0.169.0', 'old']);
			await slugs(catalogue, '0.170.0');
			assert.deepEqual(await slugs(catalogue), ['0.170.0', 'old']);
		});
	}
});
