import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LabReport } from './checkHistory.js';

const program = fileURLToPath(new URL('labProcess.ts', import.meta.url));
const run = promisify(execFile);
const mostProcesses = 4;

export interface LabOptions {
	readonly seed: number;
	readonly histories: number;
}

/** How many histories, and the number of the first: from the environment, so that a failure can be run again. */
export function labOptions(): LabOptions {
	const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
	return { seed: number('CODEX_POOL_LAB_SEED', 1), histories: number('CODEX_POOL_LAB_HISTORIES', 1_000) };
}

/** Spreads the histories over processes: each takes every n-th. */
export async function runLab({ seed, histories }: LabOptions): Promise<LabReport[]> {
	const processes = Math.min(mostProcesses, availableParallelism(), histories);
	return Promise.all(
		Array.from({ length: processes }, async (_, index) => {
			const count = Math.ceil((histories - index) / processes);
			const args = ['--import', 'tsx', program, seed + index, count, processes].map(String);
			const { stdout } = await run(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
			return JSON.parse(stdout) as LabReport;
		}),
	);
}
