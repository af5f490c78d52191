import type { UpstreamFault } from '../core/upstreamPort.js';

const kindByCode = new Map<string, UpstreamFault['kind']>([
	['ENOTFOUND', 'offline'],
	['EAI_AGAIN', 'offline'],
	['ENETUNREACH', 'offline'],
	['ENETDOWN', 'offline'],
	['EHOSTUNREACH', 'offline'],
	['EADDRNOTAVAIL', 'offline'],
	// Out of sockets: this machine's trouble, no account's.
	['EMFILE', 'offline'],
	['ENFILE', 'offline'],
	// The proxy refused the tunnel: every account meets the same proxy.
	['UND_ERR_ABORTED', 'offline'],
	['UND_ERR_PRX_CONN', 'offline'],
	['ECONNREFUSED', 'refused'],
	['ETIMEDOUT', 'timeout'],
	['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
	['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
	['UND_ERR_BODY_TIMEOUT', 'timeout'],
	['UND_ERR_PRX_TLS', 'tls'],
	['EPROTO', 'tls'],
]);

/** OpenSSL's verification results and Node's own TLS errors have many codes and one look. */
const tlsCode = /^ERR_TLS_|^ERR_SSL_|^CERT_|_CERT_|_CERT$|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^INVALID_CA$/;

/** Says what a failed connection means. Whatever is not recognised counts as a broken connection. */
export function faultFrom(thrown: unknown): UpstreamFault {
	if (thrown instanceof AggregateError) return faultFromAddresses(thrown);
	const code = codeOf(thrown);
	return { kind: kindByCode.get(code) ?? (tlsCode.test(code) ? 'tls' : 'reset'), code };
}

/** Every address of a host was tried in vain: the machine is offline only when all of them say so. */
function faultFromAddresses(failure: AggregateError): UpstreamFault {
	const faults = failure.errors.map(faultFrom);
	return faults.find(fault => fault.kind !== 'offline') ?? faults[0] ?? { kind: 'reset', code: codeOf(failure) };
}

function codeOf(thrown: unknown): string {
	return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'UNKNOWN';
}
