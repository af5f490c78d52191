// Bundles the programs (extension host, runtime worker, command line, what is left to do after uninstalling) and the
// panel into dist/.
import { build } from 'esbuild';
import { chmod, cp, mkdir, readFile, rm } from 'node:fs/promises';

const production = process.argv.includes('--production');
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

await rm('dist', { recursive: true, force: true });
await mkdir('dist/webview', { recursive: true });

const common = {
	bundle: true,
	minify: production,
	sourcemap: production ? false : 'linked',
	legalComments: 'none',
	logLevel: 'warning',
	define: { 'process.env.CODEX_POOL_VERSION': JSON.stringify(version) },
};

// undici throws at import and better-sqlite3 crashes on older Node: say so before either is loaded.
const nodeCheck = `#!/usr/bin/env node
if (!process.versions.napi || Number(process.versions.napi) < 10 || Number(process.versions.node.split('.')[0]) < 22) {
	process.stderr.write('codex-pool needs Node.js 22.19 or newer; this is ' + process.version + '.\\n');
	process.exit(1);
}`;

const node = {
	...common,
	platform: 'node',
	target: 'node22.19',
	format: 'cjs',
	external: ['vscode', 'better-sqlite3'],
};

/** The command line asks a pool, or is one: only `serve` loads the runtime, which would make every command start slower. */
const serveApart = {
	name: 'serve apart',
	setup({ onResolve }) {
		onResolve({ filter: /^\.\/serve\.js$/ }, () => ({ path: './serve.cjs', external: true }));
	},
};

await Promise.all([
	build({ ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.cjs' }),
	build({ ...node, entryPoints: ['src/runtimeWorker.ts'], outfile: 'dist/runtimeWorker.cjs' }),
	build({
		...node,
		entryPoints: ['src/cli.ts'],
		outfile: 'dist/cli.cjs',
		banner: { js: nodeCheck },
		plugins: [serveApart],
	}),
	build({ ...node, entryPoints: ['src/cli/serve.ts'], outfile: 'dist/serve.cjs' }),
	build({ ...node, entryPoints: ['src/uninstall.ts'], outfile: 'dist/uninstall.cjs' }),
	build({
		...common,
		platform: 'browser',
		target: 'chrome138',
		format: 'esm',
		entryPoints: ['webview/main.ts'],
		outfile: 'dist/webview/main.js',
		loader: { '.css': 'text' },
	}),
	cp('node_modules/@vscode/codicons/dist/codicon.css', 'dist/webview/codicon.css'),
	cp('node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/webview/codicon.ttf'),
]);
await chmod('dist/cli.cjs', 0o755);
