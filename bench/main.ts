import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { figureTable, verdictOf, type Figure } from './figures.js';
import { howToGetNginx, isNginxInstalled } from './nginx.js';
import { Program } from './program.js';
import type { Bench, Row } from './row.js';
import { addedLatency } from './rows/addedLatency.js';
import { blockedHost } from './rows/blockedHost.js';
import { bulkStreams } from './rows/bulkStreams.js';
import { choosing } from './rows/choosing.js';
import { failover } from './rows/failover.js';
import { codexBodies, sdkBodies } from './rows/largeBodies.js';
import { ledger } from './rows/ledger.js';
import { pacedSockets, pacedStreams } from './rows/pacedEvents.js';
import { slowStreams } from './rows/slowStreams.js';
import { smallReplies } from './rows/smallReplies.js';
import { packedSockets, sockets } from './rows/sockets.js';

/** `npm run bench`: the built pool against a direct call, nginx and the least proxy that Node can be, in one run. */

const rows: readonly Row[] = [
	smallReplies,
	sockets,
	packedSockets,
	addedLatency,
	pacedStreams,
	pacedSockets,
	bulkStreams,
	slowStreams,
	codexBodies,
	sdkBodies,
	blockedHost,
	failover,
	choosing,
	ledger,
];

const usage = `npm run bench -- [options]
  --quick              a smoke run of about a minute; its figures only show that everything works
  --only <row>         one row, repeatable: ${rows.map(row => row.name).join(', ')}
  --json               figures as JSON
  --save               keep the figures as bench/baselines/<date>.json
  --build <folder>     where the built pool is, inside the project (default: dist)
  --against <folder>   a second build in the same run, shown as "other"
  --cpu-prof <folder>  write CPU profiles of the pool's processes there
`;

const { values } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		only: { type: 'string', multiple: true, default: [] },
		json: { type: 'boolean', default: false },
		save: { type: 'boolean', default: false },
		build: { type: 'string', default: 'dist' },
		against: { type: 'string' },
		'cpu-prof': { type: 'string' },
		help: { type: 'boolean', default: false },
	},
});

/** Why there is nothing to measure; for the person at the terminal. */
class Refusal extends Error {}

try {
	if (values.help) process.stdout.write(usage);
	else await main();
} catch (error) {
	if (!(error instanceof Refusal)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
}

async function main(): Promise<void> {
	const chosen = values.only.length === 0 ? rows : rows.filter(row => values.only.includes(row.name));
	if (chosen.length === 0) throw new Refusal(`There is no such row.\n${usage}`);
	const builds = [values.build, ...(values.against === undefined ? [] : [values.against])].map(path => resolve(path));
	const missing = builds.find(folder => !existsSync(join(folder, 'cli.cjs')));
	if (missing !== undefined) throw new Refusal(`There is no built pool in ${missing}. Run "npm run build" first.`);
	if (!existsSync('/proc/self/schedstat'))
		throw new Refusal('The benchmark reads CPU time from /proc: it needs Linux.');
	if (!isNginxInstalled) process.stderr.write(`${howToGetNginx}\n`);

	const folder = await mkdtemp(join(tmpdir(), 'codex-pool-bench-'));
	try {
		const figures = await measure(chosen, folder);
		process.stdout.write(
			values.json ? `${JSON.stringify(report(figures), undefined, '\t')}\n` : `${figureTable(figures)}\n`,
		);
		if (values.save) await save(figures);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function measure(chosen: readonly Row[], folder: string): Promise<Figure[]> {
	// Not in the temporary folder: better-sqlite3 is not bundled and must be found from there.
	const programs = resolve('out/bench');
	await bundlePrograms(programs);
	const upstream = await Program.listen({
		command: process.execPath,
		arguments: [join(programs, 'upstreamProgram.cjs')],
		logFile: join(folder, 'upstream.log'),
	});
	const bench: Bench = {
		folder,
		programs,
		upstreamPort: upstream.port,
		build: resolve(values.build),
		otherBuild: values.against === undefined ? undefined : resolve(values.against),
		cpuProfiles: values['cpu-prof'] === undefined ? undefined : resolve(values['cpu-prof']),
		quick: values.quick,
	};
	const figures: Figure[] = [];
	try {
		for (const row of chosen) {
			process.stderr.write(`${row.name}: ${row.title}\n`);
			figures.push(...(await row.measure(bench)));
		}
	} finally {
		await upstream.program.stop();
	}
	return figures;
}

/** Bundled like the pool itself, so that no loader runs in a measured process. */
async function bundlePrograms(outdir: string): Promise<void> {
	const names = ['upstreamProgram', 'rawProxyProgram', 'runtimeHostProgram'];
	await build({
		entryPoints: names.map(name => `bench/${name}.ts`),
		outdir,
		outExtension: { '.js': '.cjs' },
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node22.19',
		external: ['better-sqlite3'],
		logLevel: 'warning',
	});
}

function report(figures: readonly Figure[]): object {
	return {
		date: new Date().toISOString(),
		node: process.version,
		machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
		quick: values.quick,
		figures: figures.map(figure => ({ ...figure, verdict: verdictOf(figure) })),
	};
}

async function save(figures: readonly Figure[]): Promise<void> {
	const folder = join('bench', 'baselines');
	await mkdir(folder, { recursive: true });
	const file = join(folder, `${new Date().toISOString().slice(0, 10)}.json`);
	await writeFile(file, `${JSON.stringify(report(figures), undefined, '\t')}\n`);
	process.stderr.write(`Kept as ${file}\n`);
}
