import { listFiles } from '@vscode/vsce';
import assert from 'node:assert/strict';

/** What `vsce package` takes, whether it is built or not. */
describe('the packaged files', function () {
	this.timeout(30_000);

	let files: readonly string[];

	before(async () => {
		files = await listFiles();
	});

	it('hold the texts of every language', () => {
		const texts = files.filter(file => file.startsWith('package.nls') || file.startsWith('l10n/'));

		assert.deepEqual([...texts].sort(), ['l10n/bundle.l10n.zh-cn.json', 'package.nls.json', 'package.nls.zh-cn.json']);
	});

	it('hold what a reader and the editor look for', () => {
		for (const file of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media/icon.png']) {
			assert.ok(files.includes(file), file);
		}
	});

	it('hold nothing that was only needed to make them', () => {
		const known =
			/^(?:package(?:\.nls[\w.-]*)?\.json|[A-Z]+(?:\.md)?|(?:dist|l10n|media)\/.*|node_modules\/better-sqlite3\/.*)$/;

		assert.deepEqual(
			files.filter(file => !known.test(file) || file.endsWith('.ts')),
			[],
		);
	});
});
