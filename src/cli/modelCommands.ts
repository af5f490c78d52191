import { Argument, Option, type Command } from 'commander';
import { efforts, verbositySchema, type ModelView } from '../shared/modelApi.js';
import { parseWords } from './optionParsers.js';
import type { Output } from './output.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';

const aliasExamples = `
Examples:
  codex-pool models alias deep gpt-5.5 --effort high --verbosity low
  codex-pool models alias quick gpt-5.5 --tier fast`;

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
			.description('list the models, your aliases, and the variants that Codex shows')
			.option('--all', 'list every variant: each model with each effort and tier that it takes'),
	).action(({ all = false, ...options }: PoolOptions & { readonly all?: boolean }) =>
		withPool(options, async (pool, output) => {
			const views = await output.progress('Reading the models', () => pool.listModels());
			output.print({ models: views }, () => modelList(views, all, output));
		}),
	);
	addExposure(models, 'expose', 'show models to clients again, or a variant in the model picker of Codex');
	addExposure(models, 'hide', 'show models to clients no longer; a request may still name them');
	addAlias(models);
	addPoolOptions(
		models
			.command('unalias')
			.description('take a name of your own away')
			.addArgument(new Argument('<name>', 'the alias').argParser(parseWords)),
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
			.addOption(new Option('--verbosity <verbosity>', 'how much it writes').choices(verbositySchema.options))
			.addHelpText('after', aliasExamples),
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

/** There are ten times as many variants as models: those that nobody chose to show are counted. */
function modelList(views: readonly ModelView[], all: boolean, output: Output): string {
	if (views.length === 0) return 'No models. Add an account that can say which there are.';
	const isListed = ({ kind, exposed, inPicker }: ModelView): boolean =>
		all || kind !== 'variant' || (exposed && inPicker);
	const table = modelTable(views.filter(isListed), output);
	const [first, ...others] = views.filter(view => !isListed(view));
	if (!first) return table;
	const which = others.length === 0 ? `1 variant, ${first.name}` : `${others.length + 1} variants, like ${first.name}`;
	return `${table}\n\nClients may also say ${which}. See them with "codex-pool models list --all".`;
}

function modelTable(views: readonly ModelView[], output: Output): string {
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
		...(tier === null ? [] : [`tier ${tierWord(tier)}`]),
		...(verbosity === null ? [] : [`verbosity ${verbosity}`]),
	].join(', ');
}

function abilities({ efforts: taken, tiers }: ModelView): string {
	return [
		...(taken.length === 0 ? [] : [`effort ${taken.join(' ')}`]),
		...(tiers.length === 0 ? [] : [`tier ${tiers.map(tierWord).join(' ')}`]),
	].join('; ');
}

/** As it is asked for, by name or with --tier. */
function tierWord(tier: string): string {
	return tier === 'priority' ? 'fast' : tier;
}
