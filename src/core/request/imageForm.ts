import { PoolError } from '../../shared/poolError.js';

/**
 * SDKs send the images to edit as a form; the backend takes JSON with each image as a data URL. Everything else of the
 * form keeps its name.
 */

/** What the backend reads as a number. */
const numbers: ReadonlySet<string> = new Set(['n', 'output_compression', 'partial_images']);

export function isForm(contentType: string | undefined): contentType is string {
	return /^multipart\/form-data\b/i.test(contentType ?? '');
}

/** The JSON body that says the same as the form. */
export async function imageEditBody(form: Buffer, contentType: string): Promise<Buffer> {
	const images: { image_url: string }[] = [];
	const rest: Record<string, unknown> = {};
	for (const [name, value] of await fieldsOf(form, contentType)) {
		if (typeof value === 'string') rest[name] = textValue(name, value);
		else if (name === 'image' || name === 'image[]') images.push(await imageOf(value));
		else if (name === 'mask') rest[name] = await imageOf(value);
		else throw new PoolError('invalid_request', `The form has a file "${name}", where only images and a mask can be.`);
	}
	if (images.length === 0) throw new PoolError('invalid_request', 'The form has no file "image".');
	return Buffer.from(JSON.stringify({ ...rest, images }));
}

async function fieldsOf(form: Buffer, contentType: string): Promise<FormData> {
	try {
		// Advised against for servers, which it makes hold whole forms.
		// eslint-disable-next-line @typescript-eslint/no-deprecated -- ours is here already, of bounded size, from a key's owner
		return await new Response(form, { headers: { 'content-type': contentType } }).formData();
	} catch (error) {
		throw new PoolError('invalid_request', 'The request body is not a complete form.', { cause: error });
	}
}

function textValue(name: string, text: string): unknown {
	const number = numbers.has(name) && text.trim() !== '' ? Number(text) : NaN;
	return Number.isFinite(number) ? number : text;
}

async function imageOf(file: Blob): Promise<{ image_url: string }> {
	const bytes = Buffer.from(await file.arrayBuffer());
	return { image_url: `data:${typeOf(bytes) ?? file.type};base64,${bytes.toString('base64')}` };
}

/** By the first bytes: SDKs mostly do not know what kind of file they send. */
function typeOf(bytes: Buffer): string | undefined {
	const head = bytes.toString('latin1', 0, 12);
	if (head.startsWith('\x89PNG')) return 'image/png';
	if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
	if (/^RIFF.{4}WEBP/s.test(head)) return 'image/webp';
	return head.startsWith('GIF8') ? 'image/gif' : undefined;
}
