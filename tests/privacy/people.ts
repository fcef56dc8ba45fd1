/**
 * One person in every spelling, and texts that are nobody's.
 *
 * @module
 */

/** Spellings of one e-mail address, one phone number and two IP addresses. */
export const SPELLINGS = {
  email: [
    "ann.lee@example.com",
    "Ann.Lee@EXAMPLE.com",
    " ann.lee@example.com\t",
    "ann.lee%40example.com",
    "ann.lee%2540example%2Ecom",
    "ann%2Elee%40example.com",
    "ａｎｎ．ｌｅｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "mailto:ann.lee@example.com",
    "<ann.lee@example.com>",
  ],
  phone: [
    "+49 171 1234567",
    "+491711234567",
    "0049 171 1234567",
    "+49 (0)171 123-45-67",
    "+49.171.1234567",
    "＋４９ 171 1234567",
    "%2B491711234567",
    "%2B49%20171%201234567",
    "tel:+49-171-1234567",
    "+49\u2011171\u20111234567",
  ],
  ip: [
    "203.0.113.7",
    "203.0.113.7:443",
    "::ffff:203.0.113.7",
    "::FFFF:cb00:7107",
    "[::ffff:203.0.113.7]:443",
    " 203.0.113.7 ",
  ],
  ip6: [
    "2001:db8::7",
    "2001:DB8:0:0:0:0:0:7",
    "2001:0db8:0000:0000:0000:0000:0000:0007",
    "[2001:db8::7]",
    "[2001:db8::7]:8443",
    "2001:db8::7%eth0",
  ],
} as const;

/** Ids and values such as sources send them; none is a person's. */
export const IMPERSONAL: readonly string[] = [
  ...["23849102931", "120330000000000001", "9223372036854775807"],
  ...["act_1234567890", "ca-pub-1234567890123456", "c-123-456-7890"],
  ...["2026-00012345", "R-2026/00012345", "#1001", "PO 4500012345"],
  ...["urn:li:sponsoredCampaign:123456789", "customers/123/campaigns/456"],
  ...["0061v00000ABCDEFGH", "006Hs00001XyZ12IAB", "hubspot-contact:301"],
  ...["01HZY3VQKJ8E6T1Z7R2M4N5P6Q", "7c9e6679-7425-40de-944b-e07fc1f90ae7"],
  ...["d41d8cd98f00b204e9800998ecf8427e", "content-9f86d081884c7d659a2feaa0"],
  ...["x7Kf+/9a2+3048576/10==", "WyIxMjM0NTYiXQ==", "sg_event+12"],
  ...["GA1.2.1234567890.1690000000", "fb.1.1596403881668.1116446470"],
  ...["Cj0KCQjw-4SLBhCVARIsACrhWLU", "wbraid:Cj8KCQjw", "IwAR0x-1_2-3_4"],
  ...["1234567893.3.1", "80ce30c53c16e6ede735f123ef6e32361bfc7b22"],
  ...["12345-67890", "300x250", "728x90,970x250", "IAB3-1", "5:3:1"],
  ...["2026-11-26", "26.11.2026", "11/26/2026", "2026-11-26 10:20:30"],
  ...["2026-11-26T10:20:30.000Z", "2026-11-26T10:20:30+01:00", "20261126"],
  ...["2026-11-26 2026-12-31", "2026-11-26 - 2026-12-31", "10:20:30"],
  ...["Thu, 26 Nov 2026 10:20:30 GMT", "Thu Nov 26 10:20:30 +0000 2026"],
  ...["12.50", "1234567.89", "-0.000123", "1e-7", "1.5E+10", "1 234,50"],
  ...["1.2.3", "v1.2.3.4", "version 1.2.3.4", "120.0.6099.109", "1.0.0-beta"],
  ...["pkg-1.2.3.4.tgz", "Chrome/120.0.0.0 Safari/537.36", "4.10.2.1-rc"],
  ...["spring sale 2026", "Summer 24/25 - DE (20 %)", "A/B 50/50", "C++ 20"],
  ...["@handle", "https://example.com/@ann", "user@localhost", "a@1.0.0"],
  ...["Europe/Berlin", "UTC+01:00", "de_DE", "std::vector", "ad::12", "a::b"],
  ...["00:1b:44:11:3a:b7", "7d_click,1d_view", "28d_click+1d_view", "100%"],
  ...["https://shop.example/p/301-22-4455?utm_id=23849102931&x=%20y"],
];
