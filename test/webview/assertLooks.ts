import { AxeBuilder } from '@axe-core/playwright';
import assert from 'node:assert/strict';
import type { OpenPanel } from './panelHarness.js';

export async function assertFits({ page }: OpenPanel, width: number): Promise<void> {
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	assert.ok(wide <= width, `the panel is ${wide} wide in ${width}`);
}

export async function assertAccessible({ page }: OpenPanel): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	const findings = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
	const told = findings.map(
		({ id, nodes }) => `${id}: ${nodes.map(node => `${node.html} ${node.failureSummary ?? ''}`).join('\n')}`,
	);
	assert.deepEqual(told, []);
}
