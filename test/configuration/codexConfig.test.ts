import assert from 'node:assert/strict';
import { parse } from '@decimalturn/toml-patch';
import fc from 'fast-check';
import { codexConfig } from '../../src/configuration/codexConfig.js';
import { PoolError } from '../../src/shared/poolError.js';

const target = { port: 2456, key: 'cpk_secret' };

const samples = {
	'an empty file': '',
	'only a comment': '# mine\n',
	'no line end at the end': 'model = "gpt-5"',
	'comments everywhere':
		'# top\nmodel = "gpt-5" # best\n\n# one profile\n[profiles.work] # at work\nmodel = "o" # end\n# last\n',
	'another provider': 'model_provider = "azure" # mine\n\n[model_providers.azure]\nname = "Azure"\n',
	'inline providers': 'model_providers = { azure = { name = "Azure" } }\n',
	'dotted providers': 'model_providers.azure.name = "Azure"\n[tui]\ntheme = "x"\n',
	'a parent section': '[model_providers]\n[model_providers.azure]\nname = "Azure"\n[tui]\ntheme = "x"\n',
	'Windows line ends': '# top\r\nmodel = "gpt-5"\r\n\r\n[tui]\r\nx = 1\r\n',
	'a byte order mark': '\uFEFFmodel = "gpt-5"\n',
	'multi-line strings': 'notes = """\n[model_providers.codex-account-pool]\nmodel_provider = "no"\n"""\n',
	'arrays of tables': '[[rules]]\nallow = ["a", # first\n  "b"]\n[[rules]]\nallow = []\n',
	'quoted keys': '[projects."/home/me/[x]"]\ntrust_level = "trusted"\n"model_provider" = "inner"\n',
	'dates and big numbers': 'd = 2024-05-01T10:00:00.123456Z\nn = 9223372036854775807\nf = inf\n',
	'a provider of our id':
		'[model_providers.codex-account-pool]\nname = "mine" # by hand\nbase_url = "https://example.com/v1"\n\n[tui]\n',
} as const;

describe('planning the configuration of Codex', () => {
	for (const [name, text] of Object.entries(samples)) {
		it(`points Codex at the pool and keeps everything else, given ${name}`, () => {
			const { text: written } = codexConfig.plan(text, target);

			assert.equal(codexConfig.detect(written), 2456);
			assert.deepEqual(withoutOurs(written), withoutOurs(text));
			assert.deepEqual(commentsOf(written), commentsOf(text));
			assert.equal(/[^\r]\n/.test(written) && written.includes('\r\n'), false, 'line ends are not mixed');
		});
	}

	it('writes what Codex needs to talk to the pool without a sign-in of its own', () => {
		const { text } = codexConfig.plan('', target);

		assert.equal(
			text,
			[
				'model_provider = "codex-account-pool"',
				'',
				'[model_providers.codex-account-pool]',
				'name = "OpenAI"',
				'base_url = "http://127.0.0.1:2456/backend-api/codex"',
				'wire_api = "responses"',
				'experimental_bearer_token = "cpk_secret"',
				'model_catalog_url = "http://127.0.0.1:2456/backend-api/codex/models"',
				'supports_websockets = true',
				'',
			].join('\n'),
		);
	});

	it('changes nothing when it is applied twice', () => {
		const once = codexConfig.plan(samples['comments everywhere'], target).text;

		assert.equal(codexConfig.plan(once, target).text, once);
	});

	it('names the profile that is on and chooses another provider', () => {
		const text = 'profile = "work"\n[profiles.work]\nmodel_provider = "azure"\n';

		const plan = codexConfig.plan(text, target);

		assert.match(plan.caveat ?? '', /profile "work"/);
		assert.equal(codexConfig.detect(plan.text), null);
	});

	it('refuses a broken file with its line and none of its content', () => {
		const text = 'model = "x"\nkey = "sk-private\n';

		assert.throws(
			() => codexConfig.plan(text, target),
			(error: unknown) =>
				error instanceof PoolError && error.message.includes('line 2') && !error.message.includes('private'),
		);
	});
});

describe('removing the configuration of Codex', () => {
	for (const [name, text] of Object.entries(samples)) {
		it(`leaves the values and comments of before, given ${name}`, () => {
			const { text: written, replaced } = codexConfig.plan(text, target);

			const removed = codexConfig.remove(written, replaced);

			assert.deepEqual(parse(removed), parse(text));
			assert.deepEqual(commentsOf(removed), commentsOf(text));
			assert.equal(removed.includes('cpk_secret'), false);
		});
	}

	it('keeps edits that came after ours', () => {
		const { text, replaced } = codexConfig.plan('model_provider = "azure"\n', target);
		const edited = text.replace('[model_providers', 'model = "gpt-6"\n\n# tuned\n[tui]\nx = 1\n\n[model_providers');

		const removed = codexConfig.remove(edited, replaced);

		assert.deepEqual({ ...parse(removed) }, { ...parse('model_provider = "azure"\nmodel = "gpt-6"\n[tui]\nx = 1\n') });
		assert.match(removed, /# tuned/);
	});

	it('keeps a comment that was written right below ours', () => {
		const { text, replaced } = codexConfig.plan('model = "gpt-5"\n', target);

		const removed = codexConfig.remove(`${text}# tuned\n[tui]\nx = 1\n`, replaced);

		assert.equal(removed, 'model = "gpt-5"\n# tuned\n[tui]\nx = 1\n');
	});

	it('leaves a provider alone that the user chose since', () => {
		const { text, replaced } = codexConfig.plan('model_provider = "azure"\n', target);
		const edited = text.replace('model_provider = "codex-account-pool"', 'model_provider = "ollama"');

		const removed = codexConfig.remove(edited, replaced);

		assert.equal(removed.trim(), 'model_provider = "ollama"');
	});

	it('is the way back from any configuration', () => {
		fc.assert(
			fc.property(configurations(), text => {
				const { text: written, replaced } = codexConfig.plan(text, target);
				const removed = codexConfig.remove(written, replaced);
				assert.equal(codexConfig.detect(written), 2456);
				assert.deepEqual(parse(removed), parse(text));
				assert.deepEqual(commentsOf(removed), commentsOf(text));
			}),
			{ numRuns: 300 },
		);
	});
});

/** Files as people write them: root keys, comments and sections in any order and spelling. */
function configurations(): fc.Arbitrary<string> {
	const word = fc.stringMatching(/^[a-z]{1,6}$/);
	const value = fc.oneof(
		fc.integer().map(String),
		fc.boolean().map(String),
		fc.string({ maxLength: 12 }).map(text => `"${text.replace(/[\\"\p{C}]/gu, '?')}"`),
		fc.constant('[1, 2, 3]'),
		fc.constant('{ a = 1, "b c" = "#no comment" }'),
		fc.constant("'''\n[not.a.section]\n'''"),
	);
	const pair = fc.tuple(word, value, fc.boolean()).map(([name, text, note]) => ({
		name,
		line: `k_${name} = ${text}${note ? ' # a note' : ''}`,
	}));
	const body = fc
		.uniqueArray(pair, { selector: ({ name }) => name, maxLength: 4 })
		.map(pairs => pairs.map(({ line }) => line));
	const comment = fc.constantFrom('', '# a comment', '#', '');
	const providers = fc.constantFrom(
		[],
		['[model_providers.azure]', 'name = "Azure" # cloud'],
		['[model_providers]', '[model_providers.azure]', 'name = "Azure"'],
	);
	const chosen = fc.constantFrom([], ['model_provider = "azure"'], ['# why', 'model_provider = "ollama" # local']);
	const sections = fc.uniqueArray(fc.tuple(word, body, comment), { selector: ([name]) => name, maxLength: 3 });
	return fc
		.record({
			chosen,
			root: body,
			sections,
			providers,
			providersLast: fc.boolean(),
			newline: fc.constantFrom('\n', '\r\n'),
		})
		.map(({ chosen, root, sections, providers, providersLast, newline }) => {
			const others = sections.flatMap(([name, lines, note]) => [note, `[s_${name}]`, ...lines]);
			const tables = providersLast ? [...others, ...providers] : [...providers, ...others];
			return [...chosen, ...root, ...tables].join('\n').replaceAll('\n', newline);
		});
}

function withoutOurs(text: string): unknown {
	const { model_providers: providers, ...rest } = parse(text) as Record<string, object>;
	const others = Object.entries(providers ?? {}).filter(([id]) => id !== 'codex-account-pool');
	return { ...rest, model_provider: undefined, others };
}

/** Whole lines that are comments, in order, outside of multi-line strings. */
function commentsOf(text: string): string[] {
	return text
		.replace(/('''|""")[^]*?\1/g, '')
		.split(/\r?\n/)
		.flatMap(line => /(?:^|\s)#.*$/.exec(line.replace(/"[^"]*"/g, ''))?.[0].trim() ?? []);
}
