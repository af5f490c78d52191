import { Option, type Command } from 'commander';
import { efforts, verbositySchema, type ModelView } from '../shared/modelApi.js';
import type { Output } from './output.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';

interface AliasOptions extends PoolOptions {
	readonly effort?: string;
	readonly tier?: string;
	readonly verbosity?: 'low' | 'medium' | 'high';
}

/** `models`: which names clients may use, which they are shown, and names of the user's own. */
export function addModelCommands(program: Command): void {
	const models = program
		.command('models')
		.description('see and choose which models clients are shown, and name your own');
	addPoolOptions(
		models
			.command('list', { isDefault: true })
			.description('list the models, your aliases, and the variants of models'),
	).action((options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const views = await output.progress('Reading the models…', () => pool.listModels());
			output.print({ models: views }, () => modelTable(views, output));
		}),
	);
	addExposure(models, 'expose', 'show models to clients again, or a variant in the model picker of Codex');
	addExposure(models, 'hide', 'show models to clients no longer; a request may still name them');
	addAlias(models);
	addPoolOptions(
		models.command('unalias').description('take a name of your own away').argument('<name>', 'the alias'),
	).action((name: string, options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			await pool.removeAlias(name);
			output.print({ name }, () => `${name} is no longer a name for a model.`);
		}),
	);
}

function addExposure(models: Command, change: 'expose' | 'hide', description: string): void {
	addPoolOptions(
		models.command(change).description(description).argument('<model...>', 'names of models, aliases or variants'),
	).action((names: string[], options: PoolOptions) =>
		withPool(options, async (pool, output) => {
			const changed = (await pool.changeExposure({ [change]: names })).filter(({ name }) => names.includes(name));
			output.print({ models: changed }, () =>
				change === 'expose'
					? `Clients are shown ${names.join(', ')}.`
					: `Clients are no longer shown ${names.join(', ')}. A request may still name ${names.length === 1 ? 'it' : 'them'}.`,
			);
		}),
	);
}

function addAlias(models: Command): void {
	addPoolOptions(
		models
			.command('alias')
			.description('make a name of your own for a model, or change it; what a request says itself goes first')
			.argument('<name>', 'what clients are to say')
			.argument('<model>', 'the model behind it')
			.option('--effort <effort>', `how much it thinks: ${efforts.join(', ')}, as far as the model takes them`)
			.option('--tier <tier>', 'service tier, for example fast')
			.addOption(new Option('--verbosity <verbosity>', 'how much it writes').choices(verbositySchema.options)),
	).action((name: string, model: string, { effort, tier, verbosity, ...options }: AliasOptions) =>
		withPool(options, async (pool, output) => {
			const views = await pool.setAlias({
				name,
				model,
				effort: effort ?? null,
				tier: tier ?? null,
				verbosity: verbosity ?? null,
			});
			const alias = views.find(view => view.name === name);
			output.print({ model: alias }, () => `${name} is ${alias ? meaning(alias) : model} now.`);
		}),
	);
}

function modelTable(views: readonly ModelView[], output: Output): string {
	if (views.length === 0) return 'No models. Add an account that can say which there are.';
	return output.table(
		[{ title: 'Name' }, { title: 'Kind' }, { title: 'Shown' }, { title: 'Stands for' }],
		views.map(view => [view.name, view.kind, shown(view), view.kind === 'model' ? abilities(view) : meaning(view)]),
	);
}

function shown({ exposed, inPicker }: ModelView): string {
	if (!exposed) return 'no';
	return inPicker ? 'yes' : 'not in Codex';
}

function meaning({ model, effort, tier, verbosity }: ModelView): string {
	return [
		model,
		...(effort === null ? [] : [`effort ${effort}`]),
		...(tier === null ? [] : [`tier ${tier}`]),
		...(verbosity === null ? [] : [`verbosity ${verbosity}`]),
	].join(', ');
}

function abilities({ efforts: taken, tiers }: ModelView): string {
	return [
		...(taken.length === 0 ? [] : [`effort ${taken.join(' ')}`]),
		...(tiers.length === 0 ? [] : [`tier ${tiers.join(' ')}`]),
	].join('; ');
}
