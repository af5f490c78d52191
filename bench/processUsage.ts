import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What the system says a process has used. Linux only, like the whole benchmark. */

/** On-CPU time of all threads, in microseconds. Finer than the clock ticks of `/proc/<pid>/stat`. */
export function cpuMicros(pid: number): number {
	let nanoseconds = 0;
	for (const thread of readdirSync(`/proc/${pid}/task`)) {
		nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
	}
	return nanoseconds / 1000;
}

export function residentKilobytes(pid: number): number {
	return statusField(pid, 'VmRSS');
}

/** The most since `forgetPeak`. */
export function peakKilobytes(pid: number): number {
	return statusField(pid, 'VmHWM');
}

export function forgetPeak(pid: number): void {
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function statusField(pid: number, name: string): number {
	const line = readFileSync(`/proc/${pid}/status`, 'utf8')
		.split('\n')
		.find(entry => entry.startsWith(`${name}:`));
	return Number(line?.split(/\s+/)[1]);
}
