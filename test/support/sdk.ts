import OpenAI from 'openai';
import assert from 'node:assert/strict';
import { PoolUnderTest, type PoolUnderTestOptions } from './poolUnderTest.js';

/** A pool, and the OpenAI SDK as a user of it has it, which asks only once. */
export async function startWithSdk(options?: PoolUnderTestOptions): Promise<{ pool: PoolUnderTest; openai: OpenAI }> {
	const pool = await PoolUnderTest.start(options);
	return { pool, openai: sdkOf(pool) };
}

function sdkOf({ owner, key }: PoolUnderTest): OpenAI {
	return new OpenAI({ baseURL: owner.openaiBaseUrl, apiKey: key, maxRetries: 0 });
}

/** What it fails with. */
export function rejection(work: Promise<unknown>): Promise<unknown> {
	return work.then(
		() => assert.fail('It was answered'),
		(error: unknown) => error,
	);
}

/** Everything that it streams. */
export async function allOf<T>(stream: AsyncIterable<T>): Promise<T[]> {
	const all: T[] = [];
	for await (const each of stream) all.push(each);
	return all;
}
