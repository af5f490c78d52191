import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

interface Lockfile {
	readonly packages: Readonly<
		Record<
			string,
			{
				readonly dependencies?: Readonly<Record<string, string>>;
				readonly optionalDependencies?: Readonly<Record<string, string>>;
			}
		>
	>;
}

/**
 * `npm install` leaves out optional packages of other platforms that it cannot find, and `npm ci` then refuses the lock
 * on every machine. Such entries (name, version, os, cpu) are added by hand.
 */
describe('the lock files', () => {
	for (const file of ['package-lock.json', 'tools/vscode/package-lock.json']) {
		it(`${file} has an entry for every package that is named in it`, async () => {
			const { packages } = JSON.parse(await readFile(file, 'utf8')) as Lockfile;
			const present = new Set(Object.keys(packages).map(path => path.replace(/^.*node_modules\//, '')));

			const missing = Object.entries(packages).flatMap(([path, entry]) =>
				Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
					.filter(name => !present.has(name))
					.map(name => `${name}, wanted by ${path}`),
			);

			assert.deepEqual(missing, []);
		});
	}
});
