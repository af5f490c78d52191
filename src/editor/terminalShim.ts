/** What a shim runs, and where. */
export interface ShimTarget {
	/** The editor's executable, which is Node when it is told so. */
	readonly node: string;
	readonly program: string;
	readonly platform: NodeJS.Platform;
	readonly home: string;
}

interface Shim {
	readonly name: string;
	readonly text: string;
}

/** The files that make `codex-pool` a command: one for POSIX shells, which Windows has too, and one for its own. */
export function terminalShims(target: ShimTarget): readonly Shim[] {
	const shell = { name: 'codex-pool', text: shellShim(target) };
	return target.platform === 'win32' ? [shell, { name: 'codex-pool.cmd', text: commandShim(target) }] : [shell];
}

function shellShim({ node, program }: ShimTarget): string {
	const quoted = (path: string) => `'${path.replaceAll(`'`, `'\\''`)}'`;
	return ['#!/bin/sh', 'export ELECTRON_RUN_AS_NODE=1', `exec ${quoted(node)} ${quoted(program)} "$@"`, ''].join('\n');
}

function commandShim({ node, program, home }: ShimTarget): string {
	// The console's code page is seldom UTF-8, and the user's name is what is most likely not ASCII.
	const quoted = (path: string) => {
		// VS Code spells drive letters small, and Windows does not mind.
		const isAtHome = path.toLowerCase().startsWith(`${home}\\`.toLowerCase());
		return `"${isAtHome ? '%USERPROFILE%' : ''}${path.slice(isAtHome ? home.length : 0).replaceAll('%', '%%')}"`;
	};
	return ['@echo off', 'setlocal', 'set ELECTRON_RUN_AS_NODE=1', `${quoted(node)} ${quoted(program)} %*`, ''].join(
		'\r\n',
	);
}
