/**
 * Leases of access tokens, against a vendor that takes each refresh token once.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AccessToken } from "../../domain/source.ts";
import { manualClock } from "../../../tests/vendors/manual_clock.ts";
import { createCredentials, type Keep, type Renew } from "./credentials.ts";

const START = "2026-08-01T00:00:00.000Z";
const FIRST = "configured";

/** A vendor that replaces its refresh token at each use, and what was kept of it. */
function open(expiresInSeconds: number | null = 3600) {
  const clock = manualClock(START);
  const kept = new Map<string, string>();
  const log: string[] = [];
  let valid = FIRST;
  let renewals = 0;
  const renew: Renew = async (refreshToken) => {
    await Promise.resolve();
    if ((refreshToken ?? FIRST) !== valid) throw new Error("invalid_grant");
    valid = `refresh-${++renewals}`;
    log.push(`renewed ${renewals}`);
    const accessToken = `access-${renewals}`;
    return { accessToken, expiresInSeconds, refreshToken: valid };
  };
  const keep: Keep = {
    read: async (key) => {
      await Promise.resolve();
      return kept.get(key) ?? null;
    },
    write: async (key, text) => {
      await Promise.resolve();
      kept.set(key, text);
      log.push(`kept ${text}`);
    },
  };
  return { clock, kept, keep, log, renew };
}

/** Stands for a process that ends: nothing after it happens. */
const never = () => Promise.withResolvers<never>().promise;

Deno.test("many callers wait for one renewal, whose refresh token is kept first", async () => {
  const { clock, keep, log, renew } = open();
  const credentials = createCredentials({ clock, keep });
  const lent = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const token = await credentials.token("s", renew);
      log.push("lent");
      return token;
    }),
  );
  assert.deepEqual(new Set(lent), new Set(["access-1"]));
  assert.deepEqual(log.slice(0, 3), ["renewed 1", "kept refresh-1", "lent"]);
  assert.equal(log.filter((entry) => entry.startsWith("renewed")).length, 1);
});

Deno.test("sources have tokens of their own", async () => {
  const { clock, keep } = open();
  const credentials = createCredentials({ clock, keep });
  const give = (accessToken: string): Renew => () =>
    Promise.resolve({ accessToken, expiresInSeconds: null });
  assert.equal(await credentials.token("a", give("x")), "x");
  assert.equal(await credentials.token("b", give("y")), "y");
  credentials.expired("a", "y");
  assert.equal(await credentials.token("a", give("z")), "x");
});

Deno.test.each([
  { holdsSeconds: 3600, lentMs: 3_539_999 },
  { holdsSeconds: 100, lentMs: 89_999 },
  { holdsSeconds: null, lentMs: 1e12 },
])(
  "a token for $holdsSeconds s is lent until a margin before its end",
  async ({ holdsSeconds, lentMs }) => {
    const { clock, keep, renew } = open(holdsSeconds);
    const credentials = createCredentials({ clock, keep });
    const slow: Renew = async (refreshToken) => {
      const token = await renew(refreshToken);
      clock.advance(5000);
      return token;
    };
    await credentials.token("s", slow);
    clock.advance(lentMs - 5000);
    assert.equal(await credentials.token("s", renew), "access-1");
    if (holdsSeconds === null) return;
    clock.advance(1);
    assert.equal(await credentials.token("s", renew), "access-2");
    assert.equal(await credentials.token("s", renew), "access-2");
  },
);

Deno.test("refusals of one token lead to one renewal", async () => {
  const { clock, keep, log, renew } = open();
  const credentials = createCredentials({ clock, keep });
  await credentials.token("s", renew);
  const renewed = Array.from({ length: 5 }, () => {
    credentials.expired("s", "access-1");
    return credentials.token("s", renew);
  });
  assert.deepEqual(new Set(await Promise.all(renewed)), new Set(["access-2"]));
  credentials.expired("s", "access-1");
  assert.equal(await credentials.token("s", renew), "access-2");
  assert.deepEqual(log.filter((entry) => entry.startsWith("renewed")), [
    "renewed 1",
    "renewed 2",
  ]);
});

Deno.test("a refresh token that did not change is not written again", async () => {
  const { clock, kept, keep } = open();
  kept.set("s", "same");
  const write = () => Promise.reject(new Error("written"));
  const credentials = createCredentials({ clock, keep: { ...keep, write } });
  const token = await credentials.token("s", (refreshToken) => {
    assert.equal(refreshToken, "same");
    const same = { refreshToken: "same", expiresInSeconds: null };
    return Promise.resolve({ accessToken: "access", ...same });
  });
  assert.equal(token, "access");
});

Deno.test("a renewal that fails changes nothing, and the next may succeed", async () => {
  const { clock, kept, keep, renew } = open();
  const credentials = createCredentials({ clock, keep });
  const refuse = () => Promise.reject(new Error("no connection"));
  const failed = [1, 2].map(() =>
    assert.rejects(credentials.token("s", refuse), /no connection/)
  );
  await Promise.all(failed);
  assert.equal(kept.size, 0);
  assert.equal(await credentials.token("s", renew), "access-1");
});

Deno.test.each([
  { note: "soon", afterMs: 1000, want: "access-1" },
  { note: "after the access token ended", afterMs: 4e6, want: "access-2" },
])(
  "a refresh token that could not be kept is kept later: $note",
  async ({ afterMs, want }) => {
    const { clock, kept, keep, renew } = open();
    let full = true;
    const credentials = createCredentials({
      clock,
      keep: {
        ...keep,
        write: (key, text) =>
          full ? Promise.reject(new Error("disk full")) : keep.write(key, text),
      },
    });
    for (let time = 0; time < 2; time++) {
      await assert.rejects(credentials.token("s", renew), /disk full/);
    }
    full = false;
    clock.advance(afterMs);
    assert.equal(await credentials.token("s", renew), want);
    assert.equal(kept.get("s"), want.replace("access", "refresh"));
  },
);

type Crash = (vendor: ReturnType<typeof open>) => {
  readonly keep: Keep;
  readonly renew: Renew;
};

Deno.test.each<{ note: string; crash: Crash; lost: boolean }>([
  {
    note: "before it read the refresh token",
    crash: ({ keep, renew }) => ({ keep: { ...keep, read: never }, renew }),
    lost: false,
  },
  {
    note: "before the vendor was asked",
    crash: ({ keep }) => ({ keep, renew: never }),
    lost: false,
  },
  {
    note: "before the answer came",
    crash: ({ keep, renew }) => ({
      keep,
      renew: (refreshToken) => renew(refreshToken).then(never),
    }),
    lost: true,
  },
  {
    note: "before the refresh token was kept",
    crash: ({ keep, renew }) => ({ keep: { ...keep, write: never }, renew }),
    lost: true,
  },
  {
    note: "as soon as the refresh token was kept",
    crash: ({ keep, renew }) => ({
      keep: {
        ...keep,
        write: (key, text) => keep.write(key, text).then(never),
      },
      renew,
    }),
    lost: false,
  },
])("a process that ends $note", async ({ crash, lost }) => {
  const vendor = open();
  const { clock, keep, renew } = vendor;
  const crashing = crash(vendor);
  let lent: string | null = null;
  createCredentials({ clock, keep: crashing.keep })
    .token("s", crashing.renew).then((token) => lent = token);
  for (let step = 0; step < 50; step++) await Promise.resolve();
  assert.equal(lent, null, "nobody was lent a token");

  const next = createCredentials({ clock, keep }).token("s", renew);
  if (lost) await assert.rejects(next, /invalid_grant/);
  else assert.match(await next, /^access-/);
});

Deno.test("a refresh token that another process used is followed by what it kept", async () => {
  const { clock, keep, renew } = open();
  const [here, there] = [1, 2].map(() => createCredentials({ clock, keep }));
  const lent = here?.token("s", async (refreshToken) => {
    if (refreshToken === null) await there?.token("s", renew);
    return await renew(refreshToken);
  });
  assert.equal(await lent, "access-2");
});

Deno.test("an access token without a refresh token is lent at once", async () => {
  const { clock, kept, keep } = open();
  const credentials = createCredentials({ clock, keep });
  const token: AccessToken = { accessToken: "plain", expiresInSeconds: 60 };
  const renew = () => Promise.resolve(token);
  assert.equal(await credentials.token("s", renew), "plain");
  assert.equal(kept.size, 0);
});
