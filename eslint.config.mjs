import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// The arrows of the architecture. A folder lists what it must not import; the roots (extension.ts, runtime.ts, cli.ts)
// are where layers meet and are free.
const fence = (files, ...groups) => ({
	files,
	rules: {
		'no-restricted-imports': ['error', { patterns: groups.map(([group, message]) => ({ group, message })) }],
	},
});

const vscodeApi = [['vscode'], 'Only src/editor and src/extension.ts may import vscode.'];
const express = [['express'], 'Only src/server may import Express.'];
const webSocket = [['ws'], 'Only src/server and src/client may import ws.'];
const sqlite = [['better-sqlite3'], 'Only src/storage may import SQLite.'];
const http = [['undici'], 'Only src/upstream and src/client may import undici.'];
const layer = (...names) => [
	names.flatMap(name => [`**/${name}/*`, `**/${name}`]),
	`This layer must not know ${names.join(', ')}.`,
];
const roots = [
	['**/extension.js', '**/runtime.js', '**/runtimeWorker.js', '**/cli.js', '**/uninstall.js'],
	'Composition roots are never imported by layers.',
];
const timers = [
	['node:timers', 'node:timers/promises', 'node:fs', 'node:fs/promises', 'node:http', 'node:net'],
	'core is pure: ask through its ports.',
];

export default tseslint.config(
	{ ignores: ['dist', 'out', 'coverage', '.vscode-test', 'node_modules', 'tools/vscode/node_modules', '.npm-cache'] },
	js.configs.recommended,
	...tseslint.configs.strictTypeChecked.map(config => ({ ...config, files: ['**/*.ts'] })),
	{
		files: ['**/*.ts'],
		languageOptions: { parserOptions: { project: ['./tsconfig.json', './webview/tsconfig.json'] } },
		rules: {
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
			'no-console': 'error',
		},
	},
	{
		files: ['**/*.mjs', '**/*.cjs'],
		languageOptions: {
			globals: {
				require: 'readonly',
				module: 'writable',
				process: 'readonly',
				console: 'readonly',
				URL: 'readonly',
				Buffer: 'readonly',
				setTimeout: 'readonly',
				clearTimeout: 'readonly',
				fetch: 'readonly',
			},
		},
	},
	{
		files: ['test/**/*.ts', 'bench/**/*.ts'],
		rules: { 'no-console': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
	},
	fence(['src/shared/**/*.ts'], vscodeApi, express, webSocket, sqlite, http, roots, [
		['../*'],
		'shared imports nothing of ours.',
	]),
	fence(
		['src/core/**/*.ts'],
		vscodeApi,
		express,
		webSocket,
		sqlite,
		http,
		timers,
		roots,
		layer('server', 'upstream', 'storage', 'client', 'configuration', 'setup', 'editor'),
	),
	fence(
		['src/server/**/*.ts'],
		vscodeApi,
		sqlite,
		http,
		roots,
		layer('upstream', 'storage', 'client', 'configuration', 'setup', 'editor'),
	),
	fence(
		['src/upstream/**/*.ts'],
		vscodeApi,
		express,
		webSocket,
		sqlite,
		roots,
		layer('server', 'storage', 'client', 'configuration', 'setup', 'editor'),
	),
	fence(
		['src/storage/**/*.ts'],
		vscodeApi,
		express,
		webSocket,
		http,
		roots,
		layer('server', 'upstream', 'client', 'configuration', 'setup', 'editor'),
	),
	fence(
		['src/client/**/*.ts'],
		vscodeApi,
		express,
		sqlite,
		roots,
		layer('core', 'server', 'upstream', 'storage', 'configuration', 'setup', 'editor'),
	),
	fence(
		['src/configuration/**/*.ts'],
		vscodeApi,
		express,
		webSocket,
		sqlite,
		http,
		roots,
		layer('core', 'server', 'upstream', 'storage', 'client', 'setup', 'editor', 'cli'),
	),
	fence(
		['src/setup/**/*.ts'],
		vscodeApi,
		express,
		webSocket,
		sqlite,
		http,
		roots,
		layer('core', 'server', 'upstream', 'storage', 'editor', 'cli'),
	),
	fence(
		['src/editor/**/*.ts'],
		express,
		webSocket,
		sqlite,
		http,
		roots,
		layer('core', 'server', 'upstream', 'storage'),
	),
	fence(
		['webview/**/*.ts'],
		vscodeApi,
		express,
		webSocket,
		sqlite,
		http,
		roots,
		layer('core', 'server', 'upstream', 'storage', 'client', 'configuration', 'setup', 'editor'),
	),
);
