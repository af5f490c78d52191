import type { Page } from 'playwright-core';

/** Drags files with these texts over the page or drops them, or an address as the editor's own lists give it. */
export async function dragFiles(
	page: Page,
	type: 'dragover' | 'drop',
	texts: readonly string[],
	address = '',
): Promise<void> {
	await page.evaluate(
		given => {
			const data = new DataTransfer();
			if (given.address !== '') data.setData('text/uri-list', given.address);
			for (const [index, text] of given.texts.entries()) data.items.add(new File([text], `${index}.json`));
			window.dispatchEvent(new DragEvent(given.type, { dataTransfer: data, cancelable: true }));
		},
		{ type, texts, address },
	);
}
