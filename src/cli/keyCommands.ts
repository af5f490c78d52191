import type { Command } from 'commander';
import { formatAgo } from './duration.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';

export function addKeyCommands(program: Command): void {
	const keys = program.command('keys').description('create, list and revoke pool keys');

	addPoolOptions(
		keys
			.command('create')
			.description('create a key; it is printed on standard output, this once')
			.option('--name <name>', 'what the key is for', 'Command line'),
	).action(({ name, ...options }: PoolOptions & { readonly name: string }) =>
		withPool(options, async (pool, output) => {
			const created = await pool.createKey(name);
			output.print({ id: created.id, name: created.name, key: created.key }, () => created.key);
			output.hint(`Keep it now: the pool stores only its hash. Revoke it with "codex-pool keys revoke ${created.id}".`);
		}),
	);
	addPoolOptions(keys.command('list').description('list the keys, without their secrets')).action(
		(options: PoolOptions) =>
			withPool(options, async (pool, output) => {
				const all = await pool.listKeys();
				const now = Date.now();
				output.print({ keys: all }, () =>
					output.table(
						[{ title: 'Name' }, { title: 'Created' }, { title: 'Last used' }, { title: 'Id' }],
						all.map(key => [key.name, formatAgo(key.createdAt, now), formatAgo(key.lastUsedAt, now), key.id]),
					),
				);
			}),
	);
	addPoolOptions(
		keys
			.command('revoke')
			.description('revoke a key; clients that use it are refused')
			.argument('<id>', 'id of the key'),
	).action((id: string, options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			await pool.revokeKey(id);
			output.print({ id }, () => `Revoked ${id}.`);
		}),
	);
}
