import type { Clock } from '../../src/core/ports.js';
import { sleepOn } from '../support/sleepOn.js';
import { settle } from '../support/fakeClock.js';

interface Alarm {
	readonly at: number;
	/** Of equal times the one set first rings first. */
	readonly order: number;
	task: (() => void) | undefined;
}

/** Time that jumps to whatever is due next: hours of waiting cost nothing. */
export class LabClock implements Clock {
	readonly #alarms: Alarm[] = [];
	#now: number;
	#set = 0;

	constructor(now = Date.UTC(2026, 10, 20, 12)) {
		this.#now = now;
	}

	now(): number {
		return this.#now;
	}

	sleep(ms: number, signal: AbortSignal): Promise<void> {
		return sleepOn((after, task) => this.after(after, task), ms, signal);
	}

	after(ms: number, task: () => void): () => void {
		const alarm: Alarm = { at: this.#now + ms, order: this.#set++, task };
		push(this.#alarms, alarm);
		return () => (alarm.task = undefined);
	}

	/** The machine sleeps: what falls due meanwhile rings when it wakes. */
	oversleep(ms: number): void {
		this.#now += ms;
	}

	/** Lets so much time pass for the caller. */
	pass(ms: number): Promise<void> {
		return new Promise(resolve => void this.after(ms, resolve));
	}

	/** Lets time run until `work` is over. False when it still waits after `limitMs`, or when nothing will ever ring again. */
	async runUntilOver(work: Promise<unknown>, limitMs: number): Promise<boolean> {
		const limit = this.#now + limitMs;
		const state = { isOver: false };
		const over = () => (state.isOver = true);
		work.then(over, over);
		for (;;) {
			await settle();
			if (state.isOver) return true;
			const next = this.#next();
			if (!next || next.at > limit) return false;
			this.#now = Math.max(this.#now, next.at);
			next.task?.();
		}
	}

	#next(): Alarm | undefined {
		for (;;) {
			const next = pop(this.#alarms);
			// Cancelled ones are left lying until their time comes.
			if (!next || next.task) return next;
		}
	}
}

function isBefore(a: Alarm, b: Alarm): boolean {
	return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** A binary heap: every request sets timers that are mostly cancelled. */
function push(heap: Alarm[], alarm: Alarm): void {
	let at = heap.push(alarm) - 1;
	while (at > 0) {
		const parent = (at - 1) >> 1;
		const above = heap[parent];
		if (!above || !isBefore(alarm, above)) break;
		heap[at] = above;
		at = parent;
	}
	heap[at] = alarm;
}

function pop(heap: Alarm[]): Alarm | undefined {
	const first = heap[0];
	const last = heap.pop();
	if (!first || !last || heap.length === 0) return first;
	let at = 0;
	for (;;) {
		const left = heap[2 * at + 1];
		const right = heap[2 * at + 2];
		if (!left) break;
		const isRight = right !== undefined && isBefore(right, left);
		const child = isRight ? right : left;
		if (!isBefore(child, last)) break;
		heap[at] = child;
		at = 2 * at + (isRight ? 2 : 1);
	}
	heap[at] = last;
	return first;
}
