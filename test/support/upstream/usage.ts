import type { UpstreamClock } from './clock.js';
import { ResetCredits, type ResetCreditOptions } from './resetCredits.js';
import { SimulatedWindow, type WindowOptions } from './usageWindow.js';

/** A window by its everyday name, or by its length in minutes. */
export type WindowName = '5h' | 'weekly' | number;

export interface Credits {
	readonly hasCredits: boolean;
	readonly unlimited: boolean;
	readonly balance: string;
}

/** A cap the workspace owner set on what a member may spend. */
export interface SpendControl {
	readonly limit: string;
	readonly used: string;
	readonly reached: boolean;
}

interface AdditionalLimitOptions {
	readonly name: string;
	/** For example `codex_bengalfox`. */
	readonly feature: string;
	/** The models counted against this limit instead of the general one. */
	readonly models: readonly string[];
	readonly windows: readonly WindowOptions[];
}

export interface UsageOptions {
	/** The first is reported as primary, the second as secondary. Five hours and a week when absent. */
	readonly windows?: readonly WindowOptions[];
	/** How a missing secondary window shows in headers. The live provider writes zeros and an empty reset. */
	readonly missingSecondary?: 'zeros' | 'absent';
	/** The live provider writes `False`. */
	readonly booleans?: 'capitalised' | 'lower';
	readonly credits?: Credits;
	readonly spendControl?: SpendControl;
	/** Banked resets. */
	readonly resetCredits?: readonly ResetCreditOptions[];
	readonly additionalLimits?: readonly AdditionalLimitOptions[];
}

/** Windows that are used up together: the general ones, or those of some models. */
export interface SimulatedLimit {
	/** `codex`, or the metered feature. */
	readonly id: string;
	readonly name: string | undefined;
	readonly models: readonly string[];
	readonly windows: readonly SimulatedWindow[];
}

const defaultWindows: readonly WindowOptions[] = [{ minutes: 300 }, { minutes: 10_080 }];
const noCredits: Credits = { hasCredits: false, unlimited: false, balance: '0' };

/** What one account has used of what it may use. */
export class UsageModel {
	#general: SimulatedLimit;
	readonly additional: readonly SimulatedLimit[];
	readonly missingSecondary: 'zeros' | 'absent';
	readonly booleans: 'capitalised' | 'lower';
	readonly resetCredits: ResetCredits;
	readonly clock: UpstreamClock;
	credits: Credits;
	spendControl: SpendControl | undefined;

	constructor(clock: UpstreamClock, options: UsageOptions) {
		const open = (windows: readonly WindowOptions[]) => openWindows(clock, windows);
		this.clock = clock;
		this.#general = { id: 'codex', name: undefined, models: [], windows: open(options.windows ?? defaultWindows) };
		this.additional = (options.additionalLimits ?? []).map(limit => ({
			id: limit.feature,
			name: limit.name,
			models: limit.models,
			windows: open(limit.windows),
		}));
		this.missingSecondary = options.missingSecondary ?? 'zeros';
		this.booleans = options.booleans ?? 'capitalised';
		this.credits = options.credits ?? noCredits;
		this.spendControl = options.spendControl;
		this.resetCredits = new ResetCredits(clock, options.resetCredits ?? []);
	}

	get general(): SimulatedLimit {
		return this.#general;
	}

	/** Another plan has other windows. */
	replaceWindows(windows: readonly WindowOptions[]): void {
		this.#general = { ...this.#general, windows: openWindows(this.clock, windows) };
	}

	/** The general window of that name. */
	window(name: WindowName): SimulatedWindow {
		const minutes = name === '5h' ? 300 : name === 'weekly' ? 10_080 : name;
		const found = this.general.windows.find(window => window.minutes === minutes);
		if (!found) throw new RangeError(`This account has no window of ${minutes} minutes`);
		return found;
	}

	spend(name: WindowName, percent: number): void {
		this.window(name).spend(percent);
	}

	charge(tokens: number, model: string): void {
		for (const window of this.limitFor(model).windows) window.charge(tokens);
	}

	limitFor(model: string): SimulatedLimit {
		return this.additional.find(limit => limit.models.includes(model)) ?? this.general;
	}

	/** The window that stops a request for this model, if one does: of several the one that lasts longest. */
	blockedBy(model: string): SimulatedWindow | 'spend_control' | undefined {
		if (this.spendControl?.reached === true) return 'spend_control';
		if (this.credits.unlimited || (this.credits.hasCredits && Number(this.credits.balance) > 0)) return undefined;
		return spentWindow(this.limitFor(model));
	}
}

function openWindows(clock: UpstreamClock, windows: readonly WindowOptions[]): SimulatedWindow[] {
	return windows.map(window => new SimulatedWindow(clock, window));
}

export function spentWindow(limit: SimulatedLimit): SimulatedWindow | undefined {
	return limit.windows.filter(window => window.isSpent).sort((a, b) => b.resetAt - a.resetAt)[0];
}
