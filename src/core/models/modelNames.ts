import { efforts, type ModelTarget } from '../../shared/modelApi.js';
import { fieldOf, textOf } from '../untrusted.js';

/**
 * What a name in a request's `model` field stands for. A model's own name always wins, then the user's aliases, then
 * `<model>-<effort>` and `<model>-fast`.
 */

export const fastTier = 'priority';
const fastSuffix = 'fast';

/** Whether a name ends like a variant; everything else is no variant whatever the catalogue says. */
const variantName = new RegExp(`^(.+)-(${[...efforts, fastSuffix].join('|')})$`);

/** The part of a catalogue entry that names depend on. */
export interface NamedModel {
	readonly slug: string;
	readonly [field: string]: unknown;
}

/** Cheap: tells the names that need no further look from the few that may stand for something else. */
export function mayBeVariant(name: string): boolean {
	return variantName.test(name);
}

/** A variant's parts, when the model it names is one and takes what the name asks for. */
export function variantOf<T extends NamedModel>(
	name: string,
	find: (slug: string) => T | undefined,
): (ModelTarget & { readonly entry: T }) | undefined {
	const [, model = '', suffix = ''] = variantName.exec(name) ?? [];
	const entry = find(model);
	if (!entry) return undefined;
	const target = { entry, model, effort: null, tier: null, verbosity: null };
	if (suffix === fastSuffix) return tiersOf(entry).includes(fastTier) ? { ...target, tier: fastTier } : undefined;
	const effort = efforts.find(each => each === suffix);
	// An effort that the model does not take is fitted later, as if the request had named it.
	return effort && effortsOf(entry).length > 0 ? { ...target, effort } : undefined;
}

/** The variants that a model offers. */
export function variantsOf(entry: NamedModel): (ModelTarget & { readonly name: string })[] {
	const target = { model: entry.slug, effort: null, tier: null, verbosity: null };
	const fast = tiersOf(entry).includes(fastTier)
		? [{ ...target, name: `${entry.slug}-${fastSuffix}`, tier: fastTier }]
		: [];
	const taken = effortsOf(entry);
	return [
		...efforts
			.filter(effort => taken.includes(effort))
			.map(effort => ({ ...target, name: `${entry.slug}-${effort}`, effort })),
		...fast,
	];
}

/** The efforts that a catalogue entry says its model takes. */
export function effortsOf(entry: NamedModel): string[] {
	return namesIn(entry['supported_reasoning_levels'], 'effort');
}

export function tiersOf(entry: NamedModel): string[] {
	const byName = namesIn(entry['service_tiers'], 'id');
	const speeds = entry['additional_speed_tiers'];
	// Older catalogues have the product's word alone.
	const isFast = Array.isArray(speeds) && speeds.includes(fastSuffix);
	return isFast && !byName.includes(fastTier) ? [...byName, fastTier] : byName;
}

/**
 * The effort that a model takes in place of one that it does not: the next lower one, or its lowest. Undefined when the
 * word is no effort at all.
 */
export function fittingEffort(entry: NamedModel, effort: string): string | undefined {
	const taken = effortsOf(entry);
	if (taken.length === 0 || taken.includes(effort)) return effort;
	const rank = efforts.findIndex(each => each === effort);
	if (rank === -1) return undefined;
	const ranked = efforts.filter(each => taken.includes(each));
	return ranked.findLast(each => efforts.indexOf(each) < rank) ?? ranked[0];
}

function namesIn(list: unknown, field: string): string[] {
	return Array.isArray(list) ? list.flatMap(each => textOf(fieldOf(each, field)) ?? []) : [];
}
