/**
 * Which IP addresses anyone on the internet may be at, and which stand for something
 * inside: this machine, its networks, the metadata of its cloud.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry, read on 2026-11-26
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry, read on 2026-11-26
 * @see https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16,
 * read on 2026-11-27
 * @module
 */
import { BlockList, isIP } from "node:net";
import { printIp } from "./ip_address.ts";

/** Of version 4: for networks, this machine, links, carriers, examples, many and later. */
const INSIDE_4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8"],
  ...["169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24"],
  ...["192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"],
  ...["203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  // Azure's own host, beside its virtual machines alone.
  "168.63.129.16/32",
];
/** Of version 6 all that anyone is at, and what of it holds a version 4 or an example. */
const OUTSIDE_6 = ["2000::/3"];
const INSIDE_6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const inside4 = blockList(INSIDE_4, "ipv4");
const outside6 = blockList(OUTSIDE_6, "ipv6");
const inside6 = blockList(INSIDE_6, "ipv6");

/**
 * Whether anyone on the internet may be at an address.
 *
 * @param text An address of version 4 or 6, in any spelling, mapped or in brackets.
 * @returns False for what is inside, and for what is no address.
 * @example
 * ```ts
 * import { isPublicIp } from "./ip_range.ts";
 * isPublicIp("8.8.8.8"); // true
 * isPublicIp("::ffff:169.254.169.254"); // false
 * ```
 */
export function isPublicIp(text: string): boolean {
  const ip = printIp(text);
  const version = isIP(ip);
  if (version === 4) return !inside4.check(ip, "ipv4");
  return version === 6 && outside6.check(ip, "ipv6") &&
    !inside6.check(ip, "ipv6");
}

function blockList(
  ranges: readonly string[],
  family: "ipv4" | "ipv6",
): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = "", prefix = ""] = range.split("/");
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}
