/**
 * What never leaves this machine.
 *
 * @module
 */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/;

/**
 * Whether a host is this machine, whatever its names resolve to.
 *
 * @param host Name or address; of IPv6 with brackets or without.
 * @returns True if so.
 */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Whether nobody between here and there can listen in, or answer in its place.
 *
 * @param url Where.
 * @returns True for https, and for http on this machine.
 */
export function isPrivateWay({ protocol, hostname }: URL): boolean {
  return protocol === "https:" ||
    (protocol === "http:" && isLoopback(hostname));
}
