import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { poolHomeDir } from '../client/homeDir.js';
import { systemCode } from '../client/loopbackRequest.js';
import { probePort } from '../client/probePort.js';
import { startRuntime } from '../runtime.js';
import { PoolError } from '../shared/poolError.js';
import { FileVault } from '../storage/fileVault.js';
import { exitCodes, reportFailure } from './exitCode.js';
import { lineLog } from './lineLog.js';
import { Output } from './output.js';
import { readPriceFile } from './priceFile.js';
import { programVersion } from './programVersion.js';
import { unwritable } from './secretFile.js';
import type { ServeOptions } from './serveCommand.js';

/** How long running streams may go on after the first signal. */
const drainMs = 30_000;
/** An idle pool has closed before anybody needs to be told why it has not. */
const tellAfterMs = 300;

/** Reports its failures itself: bundled apart, its errors are of another class than those of the other commands. */
export async function serve(options: ServeOptions): Promise<void> {
	const output = new Output(options.json === true);
	try {
		await runPool(options, output);
	} catch (thrown) {
		reportFailure(await explainStart(thrown, options.port), output);
	}
}

async function runPool(options: ServeOptions, output: Output): Promise<void> {
	const homeDir = poolHomeDir();
	const dataDir = resolve(options.data ?? join(homeDir, 'data'));
	const own = options.prices === undefined ? undefined : await readPriceFile(options.prices);
	for (const problem of own?.problems ?? []) output.note({ level: 'warn', event: 'price ignored', problem }, problem);
	await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
		throw unwritable(`The data folder ${dataDir}`, cause);
	});
	const runtime = await startRuntime(
		{
			port: options.port,
			dataDir,
			homeDir,
			upstreamUrl: options.upstream,
			issuerUrl: options.issuer,
			acceptOwnLogins: options.acceptOwnLogins === true,
			launcher: 'cli',
			version: programVersion,
			...(own && { prices: own.prices }),
			retention: { days: options.historyDays, rows: options.historyRows },
			network: { proxyUrl: null, noProxy: [], extraCertificates: [] },
		},
		{ vault: new FileVault(dataDir), log: lineLog(output.json) },
	);
	const stopped = stopSignal();
	const { baseUrl, codexBaseUrl, openaiBaseUrl, port, pid } = runtime.owner;
	output.print({ baseUrl, port, pid }, () =>
		[
			`Codex Pool is ready on ${baseUrl}`,
			`Codex clients   ${codexBaseUrl}`,
			`OpenAI clients  ${openaiBaseUrl}`,
			'Ctrl+C stops it.',
		].join('\n'),
	);
	await Promise.race([stopped, runtime.shutDownAsked]);
	const telling = setTimeout(() => {
		output.hint(`Running requests have ${drainMs / 1000} seconds to end; Ctrl+C again ends them at once.`);
	}, tellAfterMs);
	await runtime.close(drainMs);
	clearTimeout(telling);
}

/** What to do about a port that cannot be had. */
async function explainStart(thrown: unknown, port: number): Promise<unknown> {
	if (thrown instanceof PoolError && thrown.code === 'port_taken') {
		const isPool = (await probePort(port)) === 'pool';
		const message = isPool
			? `A pool runs on port ${port} already: "codex-pool status" shows it. A second one needs another --port.`
			: `${thrown.message} Choose another one with --port.`;
		return new PoolError('port_taken', message, { cause: thrown });
	}
	if (
		systemCode(thrown) === 'EACCES' &&
		thrown instanceof Error &&
		'syscall' in thrown &&
		thrown.syscall === 'listen'
	) {
		const message = `Port ${port} is not for you to take. Choose one above 1023 with --port.`;
		return new PoolError('invalid_request', message, { cause: thrown });
	}
	return thrown;
}

/** Resolves at the first signal; the second one ends the process there and then. */
function stopSignal(): Promise<void> {
	return new Promise(resolveStop => {
		let signals = 0;
		const onSignal = (): void => {
			signals += 1;
			if (signals > 1) process.exit(exitCodes.failure);
			resolveStop();
		};
		process.on('SIGINT', onSignal);
		process.on('SIGTERM', onSignal);
	});
}
