import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse, type ParseError } from 'jsonc-parser';
import { openCodeConfig } from '../../src/configuration/openCodeConfig.js';
import { PoolError } from '../../src/shared/poolError.js';

const target = { port: 2456, key: 'cpk_secret' };
const ours = { baseURL: 'http://127.0.0.1:2456/v1', apiKey: 'cpk_secret' };

const samples = {
	'an empty object': '{}',
	'an empty object with a comment': '{\n  // nothing yet\n}\n',
	'what OpenCode itself creates': '{\n  "$schema": "https://opencode.ai/config.json"\n}',
	'comments everywhere':
		'// top\n{ // open\n  "model": "openai/gpt-5.5", // best\n  /* why */ "autoupdate": false // end\n  // last\n}\n// after\n',
	'a trailing comma': '{\n  "model": "x", // best\n}\n',
	'trailing commas at every level':
		'{\n  "provider": {\n    "openai": {\n      "options": {\n        "timeout": 5,\n      },\n    },\n  },\n}\n',
	tabs: '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n',
	'four blanks': '{\n    "a": {\n        "b": 1\n    }\n}\n',
	'Windows line ends': '{\r\n  // mine\r\n  "a": 1,\r\n  "b": [1,\r\n    2]\r\n}\r\n',
	'a byte order mark': '\uFEFF{\n  "a": 1\n}\n',
	'everything on one line': '{"model":"x","provider":{"anthropic":{}}}',
	'one line with a trailing comma': '{ "a": 1, }',
	'an own layout': '{ "a":1\n , "b" : [ 1,2 ]\n , "c" : { } }\n',
	'another provider': '{\n  "provider": {\n    "anthropic": { "options": { "apiKey": "{env:KEY}" } }\n  }\n}\n',
	'an openai provider of its own':
		'{\n  "provider": {\n    "openai": {\n      "models": { "gpt-5.5": {} }, // mine\n      "options": { "timeout": 60000 }\n    }\n  }\n}\n',
	'values of its own':
		'{\n  "provider": { "openai": { "options": {\n    "apiKey": "{env:OPEN\\u0041I_KEY}", // from the shell\n    "baseURL": "https://example.com/v1"\n  } } }\n}\n',
	'braces and slashes in strings': '{\n  "a": "// { no comment, \\" }", "b": "/* no */"\n}\n',
	'keys that look like ours': '{\n  "baseURL": "x", "options": { "apiKey": "cpk_other" }\n}\n',
	'a comment behind every comma':
		'{\n  "a": 1, // one\n  "b": 2 /* two */ , // still two\n  "c": 3 // three\n  // below\n}\n',
} as const;

describe('planning the configuration of OpenCode', () => {
	for (const [name, text] of Object.entries(samples)) {
		it(`points OpenCode at the pool and keeps everything else, given ${name}`, () => {
			const { text: written, replaced } = openCodeConfig.plan(text, target);

			assert.equal(openCodeConfig.detect(written), 2456);
			assert.deepEqual(optionsOf(written), { ...optionsOf(text), ...ours });
			assert.deepEqual(withoutOurs(written), withoutOurs(text));
			assert.deepEqual(commentsOf(written), commentsOf(text));
			assert.equal(/[^\r]\n/.test(written) && written.includes('\r\n'), false, 'line ends are not mixed');
			// What was there stands there as before, letter by letter: ours was put in between.
			if (replaced.apiKey === null) assert.ok(isThinnedTo(written, text), written);
		});
	}

	it('creates a file with the schema, so that editors help with it', () => {
		const { text } = openCodeConfig.plan('', target);

		assert.equal(
			text,
			[
				'{',
				'  "$schema": "https://opencode.ai/config.json",',
				'  "provider": {',
				'    "openai": {',
				'      "options": {',
				'        "baseURL": "http://127.0.0.1:2456/v1",',
				'        "apiKey": "cpk_secret"',
				'      }',
				'    }',
				'  }',
				'}',
				'',
			].join('\n'),
		);
	});

	it('writes in the layout of the file', () => {
		const { text } = openCodeConfig.plan('{\r\n\t"model": "x", // best\r\n}\r\n', target);

		assert.equal(
			text,
			[
				'{',
				'\t"model": "x", // best',
				'\t"provider": {',
				'\t\t"openai": {',
				'\t\t\t"options": {',
				'\t\t\t\t"baseURL": "http://127.0.0.1:2456/v1",',
				'\t\t\t\t"apiKey": "cpk_secret"',
				'\t\t\t}',
				'\t\t}',
				'\t},',
				'}',
				'',
			].join('\r\n'),
		);
	});

	it('changes nothing when it is applied twice', () => {
		const once = openCodeConfig.plan(samples['comments everywhere'], target).text;

		assert.equal(openCodeConfig.plan(once, target).text, once);
	});

	for (const [name, text] of Object.entries({
		'is on the list of disabled ones': '{ "disabled_providers": ["openai"] }',
		'is not on the list of enabled ones': '{ "enabled_providers": ["anthropic"] }',
	})) {
		it(`tells that the change has no effect while the provider ${name}`, () => {
			assert.match(openCodeConfig.plan(text, target).caveat ?? '', /switched off/);
		});
	}

	it('has no doubts about a usual file', () => {
		assert.equal(openCodeConfig.plan('{ "enabled_providers": ["openai"] }', target).caveat, null);
		assert.equal(openCodeConfig.plan('', target).caveat, null);
	});

	for (const [name, text, problem] of [
		['an open string', '{\n  "apiKey": "sk-private\n}', /line 2/],
		['an open comment', '{}\n/* sk-private', /line 2/],
		['a missing comma', '{\r\n  "a": 1\r\n  "b": "sk-private"\r\n}', /line 3/],
		['an end too early', '{ "a": { "sk-private": 1 }', /line 1/],
		['two documents', '{}\n{ "sk-private": 1 }', /line 2/],
		['a list', '[ "sk-private" ]', /It is not a JSON object/],
		['a provider that is no object', '{ "provider": "sk-private" }', /"provider" is not a JSON object/],
		[
			'options that are no object',
			'{ "provider": { "openai": { "options": [] } } }',
			/"provider.openai.options" is not/,
		],
		['the same name twice', '{ "provider": 1, "provider": { "openai": null } }', /"provider.openai" is not/],
	] as const) {
		it(`refuses ${name} with its place and none of its content`, () => {
			assert.throws(
				() => openCodeConfig.plan(text, target),
				(error: unknown) =>
					error instanceof PoolError && problem.test(error.message) && !error.message.includes('private'),
			);
		});
	}
});

describe('removing the configuration of OpenCode', () => {
	for (const [name, text] of Object.entries(samples)) {
		it(`leaves the file of before, given ${name}`, () => {
			const { text: written, replaced } = openCodeConfig.plan(text, target);

			const removed = openCodeConfig.remove(written, replaced);

			assert.equal(withoutBlanks(removed), withoutBlanks(text));
			assert.deepEqual(valueOf(removed), valueOf(text));
		});
	}

	it('leaves nothing of a file that was created', () => {
		const { text, replaced } = openCodeConfig.plan('', target);

		assert.equal(openCodeConfig.remove(text, replaced), '');
	});

	it('keeps edits that came after ours', () => {
		const { text, replaced } = openCodeConfig.plan('', target);
		const edited = text
			.replace('"options"', '// tuned\n      "models": {},\n      "options"')
			.replace(/\}\n$/, '  , "theme": "dark" // dark\n}\n');

		const removed = openCodeConfig.remove(edited, replaced);

		const schema = { $schema: 'https://opencode.ai/config.json' };
		assert.deepEqual(valueOf(removed), { ...schema, provider: { openai: { models: {} } }, theme: 'dark' });
		assert.deepEqual(commentsOf(removed), ['// tuned', '// dark']);
	});

	it('keeps a comment that was written into what we added', () => {
		const { text, replaced } = openCodeConfig.plan('{}', target);
		const edited = text.replace('"apiKey"', '// the pool\n        "apiKey"');

		const removed = openCodeConfig.remove(edited, replaced);

		assert.deepEqual(valueOf(removed), { provider: { openai: { options: {} } } });
		assert.deepEqual(commentsOf(removed), ['// the pool']);
	});

	it('leaves a key alone that the user chose since, and takes only the address back', () => {
		const { text, replaced } = openCodeConfig.plan(samples['an openai provider of its own'], target);
		const edited = text.replace('cpk_secret', 'sk-mine');

		const removed = openCodeConfig.remove(edited, replaced);

		assert.deepEqual(optionsOf(removed), { timeout: 60_000, apiKey: 'sk-mine' });
	});

	it('recognises its values by the key where nothing else is known', () => {
		const { text } = openCodeConfig.plan('{ "model": "x" }', target);

		const removed = openCodeConfig.remove(text, openCodeConfig.nothingReplaced);

		assert.equal(removed, '{ "model": "x" }');
	});

	it('leaves an address on this machine alone that is not the pool', () => {
		const text = '{ "provider": { "openai": { "options": { "baseURL": "http://127.0.0.1:1234/v1" } } } }';

		assert.equal(openCodeConfig.remove(text, openCodeConfig.nothingReplaced), text);
		assert.equal(openCodeConfig.detect(text), null);
	});

	it('is the way back from any configuration', () => {
		fc.assert(
			fc.property(configurations(), text => {
				const { text: written, replaced } = openCodeConfig.plan(text, target);
				const removed = openCodeConfig.remove(written, replaced);
				assert.equal(openCodeConfig.detect(written), 2456);
				assert.deepEqual(withoutOurs(written), withoutOurs(text));
				assert.deepEqual(commentsOf(written), commentsOf(text));
				assert.equal(withoutBlanks(removed), withoutBlanks(text));
			}),
			{ numRuns: 500 },
		);
	});
});

/** Objects as people write them: any depth, layout, comments and commas, with and without what we write to. */
function configurations(): fc.Arbitrary<string> {
	const filler = fc.constantFrom('', '', ' ', '\n  ', '\n\t', ' // a, note\n', ' /* { */ ', '\n\n    // "x": 1,\n    ');
	const word = fc.constantFrom('a', 'model', 'key', 'baseURL', 'x y', '\\u0061pi', '//', '__proto__');
	const leaf = fc.constantFrom('1', '-0.50', '1e999', 'true', 'null', '"text"', '"// no"', '"\\u00e9\\""', '[1, {},]');
	const objectOf = (...properties: fc.Arbitrary<string>[]) =>
		fc
			.tuple(
				fc.tuple(...properties),
				fc.array(fc.tuple(word, leaf), { maxLength: 3 }),
				fc.boolean(),
				filler,
				filler,
				filler,
			)
			.map(([fixed, others, trailing, before, between, after]) => {
				const names = new Map(others);
				const all = [...[...names].map(([name, value]) => `"${name}":${between}${value}`), ...fixed];
				const comma = trailing && all.length > 0 ? ',' : '';
				return `{${before}${all.join(`${between},${before}`)}${comma}${after}}`;
			});
	const property = (name: string, value: fc.Arbitrary<string>) => value.map(text => `"${name}": ${text}`);
	const options = fc.oneof(
		objectOf(),
		objectOf(property('apiKey', fc.constantFrom('"sk-\\u0061"', '"{env:KEY}"'))),
		objectOf(property('apiKey', leaf), property('timeout', leaf)),
	);
	const openai = fc.oneof(objectOf(), objectOf(property('models', objectOf())), objectOf(property('options', options)));
	const provider = fc.oneof(objectOf(), objectOf(property('openai', openai), property('azure', objectOf())));
	const root = fc.oneof(objectOf(), objectOf(property('provider', provider), property('mcp', objectOf())));
	return fc
		.record({ mark: fc.constantFrom('', '\uFEFF'), before: filler, root, after: filler, windows: fc.boolean() })
		.map(({ mark, before, root: text, after, windows }) => {
			const whole = before + text + after;
			return mark + (windows ? whole.replaceAll('\n', '\r\n') : whole);
		});
}

function valueOf(text: string): Record<string, unknown> {
	const errors: ParseError[] = [];
	const value = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true }) as Record<string, unknown>;
	assert.deepEqual(errors, [], text);
	return value;
}

interface Config {
	provider?: { openai?: { options?: Record<string, unknown> } };
}

function optionsOf(text: string): Record<string, unknown> {
	return (valueOf(text) as Config).provider?.openai?.options ?? {};
}

/** The values without our two, and without the objects that may stand around them. */
function withoutOurs(text: string): unknown {
	const { provider = {}, ...rest } = valueOf(text) as Config;
	const { openai = {}, ...providers } = provider;
	const { options = {}, ...settings } = openai;
	const others = Object.entries(options).filter(([name]) => !(name in ours));
	return [rest, providers, settings, others];
}

function commentsOf(text: string): string[] {
	const pieces = text.match(/"(?:\\.|[^"\\])*"|\/\/[^\r\n]*|\/\*[^]*?\*\//g) ?? [];
	return pieces.filter(piece => piece.startsWith('/')).map(comment => comment.trim());
}

function withoutBlanks(text: string): string {
	return text.replace(/\s+/g, '');
}

/** Whether `text` is left when some of the characters of `longer` are taken away. */
function isThinnedTo(longer: string, text: string): boolean {
	let at = 0;
	for (const letter of longer) if (letter === text.charAt(at)) at++;
	return at === text.length;
}
