import { generateKeyPairSync, sign } from 'node:crypto';

/** A fresh certificate for the given DNS names and 127.0.0.1, so that no private key rests in the repository. */
export function selfSignedCertificate(dnsNames: readonly string[]): { readonly key: string; readonly cert: string } {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const ecdsaWithSha256 = der(0x30, oid('2a8648ce3d040302'));
	const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('test')))));
	const validity = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z')));
	const names = dnsNames.map(dnsName => der(0x82, Buffer.from(dnsName)));
	const alternativeNames = der(0x30, ...names, der(0x87, Buffer.from([127, 0, 0, 1])));
	const extensions = der(0x30, der(0x30, oid('551d11'), der(0x04, alternativeNames)));
	const content = der(
		0x30,
		der(0xa0, integer(2)),
		integer(1),
		ecdsaWithSha256,
		name,
		validity,
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, extensions),
	);
	const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
	const certificate = der(0x30, content, ecdsaWithSha256, signature);
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
	};
}

/** One ASN.1 value in DER. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	const length =
		content.length < 0x80
			? [content.length]
			: content.length < 0x100
				? [0x81, content.length]
				: [0x82, content.length >> 8, content.length & 0xff];
	return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function oid(hex: string): Buffer {
	return der(0x06, Buffer.from(hex, 'hex'));
}

function integer(value: number): Buffer {
	return der(0x02, Buffer.from([value]));
}
