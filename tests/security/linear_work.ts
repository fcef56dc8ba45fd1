/**
 * Reads long hostile texts by what looks for people in what callers send, and tells of
 * each when it is done. Runs in a worker, so that who never ends can be ended.
 *
 * @module
 */
import {
  findPersonalData,
  replaceEmails,
  replacePhones,
} from "../../core/domain/personal_data.ts";
import { replaceIps } from "../../core/domain/ip_address.ts";
import { suggestName } from "../../core/domain/nearest_name.ts";

/** Lengths at which work that grows as their square takes minutes. */
const LONG = 1_000_000;
/** Of what takes microseconds for each character. */
const SHORT = 150_000;

const UNITS: readonly string[] = [
  ...["a", "1", " ", "(1 ", "+49 171 1234567 ", "0171 1234567;", "12-34-"],
  ...[
    "2026-01-01",
    "1.2.3.4 ",
    "::",
    "ffff:",
    "%2525",
    "%2b1",
    "a@b.",
    "\u212a",
  ],
  ...["\uff11\uff12 ", "(", "'", "=&a", "x1(800) 555-0100 "],
];
const MAIL_UNITS = ["a%40", "K+1", "a@a.", "%2525", "a'", "=a", "@@"];

const TEXTS: Readonly<Record<string, (text: string) => unknown>> = {
  findPersonalData,
  replacePhones: (text) => replacePhones(text, () => "?"),
  replaceIps: (text) => replaceIps(text, () => "?"),
  suggestName: (text) => suggestName(text, ["context", "features"]),
};

tell("the start");
for (const [name, read] of Object.entries(TEXTS)) {
  for (const unit of UNITS) {
    read(longText(unit, LONG));
    tell(`${name} of "${unit}"`);
  }
}
for (const unit of MAIL_UNITS) {
  replaceEmails(longText(unit, SHORT), () => "?");
  tell(`replaceEmails of "${unit}"`);
}

tell(null);

function longText(unit: string, length: number): string {
  return `${unit.repeat(Math.ceil(length / unit.length)).slice(0, length)}!`;
}

function tell(done: string | null): void {
  self.postMessage(done);
}
