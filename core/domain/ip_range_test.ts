/**
 * Addresses inside are told from those that anyone may be at.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isPublicIp } from "./ip_range.ts";

Deno.test.each([
  ...["0.0.0.0", "10.1.2.3", "127.0.0.1", "127.255.255.254", "100.100.100.200"],
  ...["169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  "168.63.129.16",
  ...["198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "[::1]"],
  ...["::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::169.254.169.254"],
  ...["0:0:0:0:0:FFFF:7f00:1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"],
  ...["fd00:ec2::254", "fc00::1", "fe80::1%eth0", "fec0::1", "ff02::1"],
  ...["2001:0:7f00:1::", "2001:db8::1", "3fff::1", "", "localhost", "1.2.3"],
])("%s is inside, or no address", (ip) => {
  assert.equal(isPublicIp(ip), false);
});

Deno.test.each([
  ...["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"],
  ...["126.255.255.255", "128.0.0.0", "169.253.255.255", "172.15.255.255"],
  ...["168.63.129.15", "168.63.129.17"],
  ...["172.32.0.0", "192.167.255.255", "223.255.255.255"],
  ...["2606:4700::1111", "[2a00:1450:4001::200e]", "::ffff:8.8.8.8"],
])("%s is outside", (ip) => {
  assert.equal(isPublicIp(ip), true);
});

Deno.test("an address is where its mapped form is", () => {
  fc.assert(
    fc.property(fc.ipV4(), (ip) => {
      assert.equal(isPublicIp(`::ffff:${ip}`), isPublicIp(ip));
    }),
  );
});
