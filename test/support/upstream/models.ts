import { createHash } from 'node:crypto';
import type { JsonObject } from './json.js';

export interface ModelOptions {
	readonly slug: string;
	readonly priority: number;
	readonly minimalClientVersion: string;
	/** Undefined: every plan. */
	readonly plans?: readonly string[];
	readonly hidden?: boolean;
	/** Older models refuse a request without top-level `instructions`. */
	readonly needsInstructions?: boolean;
	readonly contextWindow?: number;
}

const richPlans = ['plus', 'pro', 'prolite', 'promax', 'team', 'business', 'enterprise', 'edu'] as const;

const defaultModels: readonly ModelOptions[] = [
	{ slug: 'gpt-6.1-sol', priority: 1, minimalClientVersion: '0.153.0', plans: richPlans },
	{ slug: 'gpt-6-sol', priority: 3, minimalClientVersion: '0.155.0', plans: richPlans },
	{ slug: 'gpt-6-luna', priority: 4, minimalClientVersion: '0.155.0' },
	{ slug: 'gpt-5.6-sol', priority: 5, minimalClientVersion: '0.144.0' },
	{ slug: 'gpt-5.6-terra', priority: 8, minimalClientVersion: '0.144.0' },
	{ slug: 'gpt-5.6-luna', priority: 9, minimalClientVersion: '0.144.0' },
	{ slug: 'gpt-5.5', priority: 13, minimalClientVersion: '0.124.0' },
	{ slug: 'gpt-5.3-codex-spark', priority: 20, minimalClientVersion: '0.124.0', plans: ['pro', 'promax'] },
	{ slug: 'gpt-5.2-codex', priority: 30, minimalClientVersion: '0.60.0', needsInstructions: true, hidden: true },
	{ slug: 'codex-auto-review', priority: 43, minimalClientVersion: '0.98.0', hidden: true },
];

/** Which models there are, for whom, and how the provider lists them. */
export class Catalogue {
	#models: readonly ModelOptions[];
	readonly #etags = new Map<string, string>();

	constructor(models: readonly ModelOptions[] = defaultModels) {
		this.#models = models;
	}

	/** Publishes other models; every ETag changes with them. */
	replace(models: readonly ModelOptions[]): void {
		this.#models = models;
		this.#etags.clear();
	}

	find(slug: string, plan: string): ModelOptions | undefined {
		return this.#forPlan(plan).find(model => model.slug === slug);
	}

	/** The list for a client of this version. An unreadable version is treated as older than everything. */
	list(plan: string, clientVersion: string): { readonly models: readonly JsonObject[] } {
		const models = this.#forPlan(plan).filter(model => isAtLeast(clientVersion, model.minimalClientVersion));
		return { models: models.map(model => describe(model, plan)) };
	}

	/** Of the plan, not of the client's version: `/responses` announces it without knowing the version. */
	etag(plan: string): string {
		const known = this.#etags.get(plan);
		if (known !== undefined) return known;
		const digest = createHash('sha256')
			.update(JSON.stringify(this.#forPlan(plan)))
			.digest('hex');
		const etag = `"models-${digest.slice(0, 12)}"`;
		this.#etags.set(plan, etag);
		return etag;
	}

	#forPlan(plan: string): readonly ModelOptions[] {
		return this.#models.filter(model => model.plans === undefined || model.plans.includes(plan));
	}
}

export const supportedEfforts: readonly string[] = ['low', 'medium', 'high', 'xhigh'];

function hasPriority(model: ModelOptions): boolean {
	return model.hidden !== true;
}

/** What a plan may ask for; the better ones have more. */
export function serviceTiers(plan: string): readonly string[] {
	return plan.startsWith('pro') ? ['auto', 'default', 'priority', 'ultrafast'] : ['auto', 'default', 'priority'];
}

function isAtLeast(version: string, minimum: string): boolean {
	const have = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
	const want = /^(\d+)\.(\d+)\.(\d+)/.exec(minimum);
	if (!have || !want) return false;
	for (const part of [1, 2, 3]) {
		const difference = Number(have[part]) - Number(want[part]);
		if (difference !== 0) return difference > 0;
	}
	return true;
}

function describe(model: ModelOptions, plan: string): JsonObject {
	const tiers = hasPriority(model) ? serviceTiers(plan).filter(id => !['auto', 'default'].includes(id)) : [];
	return {
		slug: model.slug,
		display_name: model.slug.toUpperCase(),
		description: `${model.slug}, as the simulated provider offers it.`,
		supported_reasoning_levels: supportedEfforts.map(effort => ({ effort, description: `Thinks ${effort}` })),
		default_reasoning_level: 'medium',
		shell_type: 'shell_command',
		visibility: model.hidden === true ? 'hide' : 'list',
		minimal_client_version: model.minimalClientVersion,
		supported_in_api: true,
		priority: model.priority,
		availability_nux: null,
		upgrade: null,
		base_instructions: 'You are a coding agent.',
		supports_reasoning_summaries: true,
		support_verbosity: true,
		default_verbosity: 'low',
		apply_patch_tool_type: 'freeform',
		truncation_policy: { mode: 'tokens', limit: 10_000 },
		supports_parallel_tool_calls: true,
		context_window: model.contextWindow ?? 272_000,
		experimental_supported_tools: [],
		default_service_tier: null,
		service_tiers: tiers.map(id => ({
			id,
			name: id === 'priority' ? 'Fast' : 'Ultra fast',
			description: 'More speed',
		})),
		additional_speed_tiers: hasPriority(model) ? ['fast'] : [],
		available_in_plans: model.plans ?? ['free', 'go', ...richPlans],
	};
}
