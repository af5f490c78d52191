import * as z from 'zod';
import { modelAliasSchema, type ModelAlias } from '../../shared/modelApi.js';
import type { Store } from '../storePort.js';
import { fieldOf, parseJson } from '../untrusted.js';

const settingName = 'models';

/** What the user decides about models; kept in the store. Everything is offered until it is hidden. */
export class ModelSettings {
	readonly #exposure: Map<string, boolean>;
	readonly #aliases: Map<string, ModelAlias>;

	constructor(private readonly store: Store) {
		const saved = parseJson(store.loadSetting(settingName) ?? '');
		// A value that this version does not understand is as if it had not been set; the others hold.
		const exposure = z.record(z.string(), z.unknown()).catch({}).parse(fieldOf(saved, 'exposure'));
		this.#exposure = new Map(
			Object.entries(exposure).flatMap(([name, is]) => (typeof is === 'boolean' ? [[name, is]] : [])),
		);
		const aliases = z.array(z.unknown()).catch([]).parse(fieldOf(saved, 'aliases'));
		this.#aliases = new Map(
			aliases.flatMap(each => {
				const alias = modelAliasSchema.safeParse(each).data;
				return alias ? [[alias.name, alias]] : [];
			}),
		);
	}

	/** What the user said of a name; undefined when nothing. */
	exposure(name: string): boolean | undefined {
		return this.#exposure.get(name);
	}

	alias(name: string): ModelAlias | undefined {
		return this.#aliases.get(name);
	}

	get aliases(): readonly ModelAlias[] {
		return [...this.#aliases.values()].sort((a, b) => a.name.localeCompare(b.name));
	}

	expose(names: readonly string[], isExposed: boolean): void {
		for (const name of names) this.#exposure.set(name, isExposed);
		this.#save();
	}

	setAlias(alias: ModelAlias): void {
		this.#aliases.set(alias.name, alias);
		this.#save();
	}

	/** False when there is none of this name. */
	removeAlias(name: string): boolean {
		if (!this.#aliases.delete(name)) return false;
		this.#exposure.delete(name);
		this.#save();
		return true;
	}

	#save(): void {
		const saved = { exposure: Object.fromEntries(this.#exposure), aliases: this.aliases };
		this.store.saveSetting(settingName, JSON.stringify(saved));
	}
}
