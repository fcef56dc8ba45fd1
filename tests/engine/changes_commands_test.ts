/**
 * A change of policies, a rollback and a kill switch, each as people do it at the
 * command line: `moe policy propose`, `moe changes`, `moe switches` and `moe audit`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { capAt, type Desk, withDesk } from "./changes_desk.ts";

const AUTHOR = ["--as", "ann"];
const WHY = ["--reason", "As agreed in the meeting"];

Deno.test("changes of policies, as people make them at the command line", async (t) => {
  await withDesk(async (desk) => {
    await t.step("the folder is in force at first", () => startOut(desk));
    await t.step(
      "a relaxation takes two others, one of them of the owner's group",
      () => relax(desk),
    );
    await t.step(
      "a policy whose cases prove nothing is not submitted until they do",
      () => mend(desk),
    );
    await t.step(
      "one person rolls back, another looks at it afterwards",
      () => rollBack(desk),
    );
    await t.step(
      "one person stops everything, a second confirms, two release",
      () => stop(desk),
    );
    await t.step(
      "a tenant's own policies stand beside the deployment's",
      () => ownPolicies(desk),
    );
    await t.step("the audit log holds all of it", () => verify(desk));
    await t.step("a key says who holds it", () => makeKeys(desk));
  });
});

async function startOut({ moe, ceiling, refused }: Desk) {
  assert.match(
    (await moe("changes")).text,
    /policies +active +.* installation/,
  );
  const same = await moe("policy", "propose", ...AUTHOR, ...WHY, ...title("-"));
  assert.match(same.text, /^nothing to propose: [0-9a-f]{64} is in force$/);
  assert.equal(await ceiling(), 5_000_000);
  const taken = await refused(
    ...["policy", "propose", "--as", "Engine", ...WHY, ...title("-")],
  );
  assert.match(taken.message, /the engine itself acts by that name/);
}

async function relax({ moe, refused, ceiling, write }: Desk) {
  await write(capAt(7));
  const proposed = await moe(
    ...["policy", "propose", ...AUTHOR, ...WHY, ...title("Bid up to 7")],
  );
  assert.equal(proposed.code, 0, proposed.text);
  const id = idIn(proposed.text);
  assert.match(proposed.text, /class +relaxing\n/);
  assert.match(
    proposed.text,
    /looser: a bid of .* was allowed at 5\.00 and is/,
  );
  assert.match(proposed.text, /passed +mutation/);
  assert.match(proposed.text, /passed +replay +no decision/);
  assert.match(
    proposed.text,
    /2 people must agree, among them growth; nobody has/,
  );
  const signs = ["--signs", codeIn(proposed.text)];
  const own = await refused("changes", "approve", id, ...AUTHOR, ...signs);
  assert.match(own.message, /whoever wrote it may not approve it/);
  const blind = await refused(
    ...["changes", "approve", id, "--as", "bob", "--signs", "000000000000"],
  );
  assert.match(blind.message, /not what it signs now; look at it again/);
  const bob = await moe("changes", "approve", id, "--as", "bob", ...signs);
  assert.match(bob.text, /bob did\nit needs 1 more approval/);
  const early = await refused("changes", "activate", id, "--as", "bob");
  assert.match(early.message, /it is in review/);
  const eve = await moe("changes", "approve", id, "--as", "eve", ...signs);
  assert.match(eve.text, /it needs approval of growth/);
  const carol = ["--as", "carol", "--groups", "growth,sales"];
  const agreed = await moe("changes", "approve", id, ...carol, ...signs);
  assert.match(agreed.text, /state +approved/);
  assert.equal(await ceiling(), 5_000_000, "agreed, and not yet in force");
  await moe("changes", "activate", id, ...AUTHOR);
  assert.equal(await ceiling(), 7_000_000);
  const history = await moe("changes", "history", id);
  assert.deepEqual(
    history.text.split("\n").slice(2).map((line) => line.split(/ +/)[1]),
    [
      ...["propose", "check", "submit"],
      ...["approve", "approve", "approve", "activate"],
    ],
  );
}

async function mend({ moe, write }: Desk) {
  const { cases: [first], ...weak } = capAt(6);
  await write(Object.assign(weak, { cases: [first] }));
  const tried = await moe(
    ...["policy", "propose", ...AUTHOR, ...WHY, ...title("Bid up to 6")],
  );
  assert.equal(tried.code, 1);
  const id = idIn(tried.text);
  assert.match(tried.text, /failed +coverage .* proposes what is missing/);
  assert.match(
    tried.text,
    /run this again with --change chg_/,
  );
  await write(capAt(6));
  const again = await moe(
    ...["policy", "propose", "--change", id, ...AUTHOR, ...WHY],
    ...title("Bid up to 6"),
  );
  assert.equal(again.code, 0, again.text);
  assert.match(again.text, /class +tightening\n/);
  assert.match(again.text, /1 person must agree; nobody has/);
  const recalled = await moe("changes", "recall", id, ...AUTHOR);
  assert.match(recalled.text, /state +draft/);
  const taken = await moe("changes", "withdraw", id, ...AUTHOR);
  assert.match(taken.text, /state +withdrawn/);
  const mine = await moe("changes", "--state", "withdrawn");
  assert.match(mine.text, new RegExp(id));
}

async function rollBack({ moe, refused, ceiling }: Desk) {
  const log = await moe("audit");
  const [before = ""] = / ([0-9a-f]{12}) +Nothing was in force/.exec(log.text)
    ?.slice(1) ?? [];
  const back = ["policy", "rollback", "--to", before];
  const done = await moe(...back, "--as", "dave", ...WHY);
  const id = idIn(done.text);
  assert.equal(await ceiling(), 5_000_000);
  const alone = await refused(
    ...["changes", "acknowledge", id, "--as", "dave", ...WHY],
  );
  assert.match(alone.message, /whoever rolled back may not look at it alone/);
  await moe("changes", "acknowledge", id, "--as", "erin", ...WHY);
  const never = await refused(
    ...["policy", "rollback", "--to", "ffff", "--as", "dave", ...WHY],
  );
  assert.match(never.message, /no such set was ever in force/);
}

async function stop({ moe, refused, ceiling }: Desk) {
  const on = ["switches", "on", "stop_all", "--as", "dave", ...WHY];
  assert.match((await moe(...on)).text, /another person confirms it/);
  assert.equal(await ceiling(), null);
  assert.match(
    (await moe("switches")).text,
    /stop_all +everything .* dave +due by/,
  );
  const confirm = ["switches", "confirm", "stop_all", ...WHY, "--as"];
  const alone = await refused(...confirm, "dave");
  assert.match(alone.message, /whoever turned it on may not confirm it/);
  await moe(...confirm, "erin");
  assert.match((await moe("switches")).text, /dave +erin +As agreed/);
  const release = ["switches", "release", "stop_all", ...WHY, "--as", "dave"];
  const proposed = await moe(...release);
  assert.match(proposed.text, /class +relaxing\n/);
  const approve = ["changes", "approve", idIn(proposed.text)];
  const signs = ["--signs", codeIn(proposed.text)];
  await moe(...approve, "--as", "erin", ...signs);
  assert.equal(await ceiling(), null, "one is not enough");
  await moe(...approve, "--as", "fred", ...signs);
  await moe("changes", "activate", idIn(proposed.text), "--as", "fred");
  assert.equal(await ceiling(), 5_000_000);
  const gone = await refused(...confirm, "fred");
  assert.match(gone.message, /none of that name is on/);
}

async function ownPolicies({ moe, refused, ceiling, folder }: Desk) {
  const own = `${folder}/own`;
  await Deno.mkdir(own);
  const asked = [
    ...["policy", "propose", "--tenant", "acme", ...AUTHOR, ...WHY],
    ...title("Our own"),
  ];
  const lacking = await refused(...asked);
  assert.match(lacking.message, /--set must be given with --tenant/);
  await Deno.writeTextFile(`${own}/day.json`, JSON.stringify(capAt(3, "day")));
  const named = await moe(...asked, "--set", own);
  assert.equal(named.code, 1);
  assert.match(named.text, /policy "day": .* name it "own_day"/);
  await Deno.remove(`${own}/day.json`);
  const document = capAt(3, "own_day");
  await Deno.writeTextFile(`${own}/own_day.json`, JSON.stringify(document));
  const proposed = await moe(...asked, "--set", own);
  assert.match(proposed.text, /class +tightening\n/);
  const id = idIn(proposed.text);
  const tenant = ["--tenant", "acme"];
  const signs = ["--signs", codeIn(proposed.text)];
  const stranger = await refused("changes", "show", id);
  assert.equal(stranger.code, "not_found");
  await moe("changes", "approve", id, ...tenant, "--as", "bob", ...signs);
  await moe("changes", "activate", id, ...tenant, "--as", "bob");
  assert.equal(await ceiling(), 3_000_000);
}

async function verify({ moe }: Desk) {
  for (const whose of [[], ["--tenant", "acme"]]) {
    const held = await moe("audit", "--verify", ...whose);
    assert.equal(held.code, 0);
    assert.match(held.text, /records, the last with hash [0-9a-f]{64}/);
  }
}

async function makeKeys({ moe, refused }: Desk) {
  const create = ["keys", "create", "--scopes", "propose,govern"];
  await moe(...create, "zoe", "--person", "--groups", "growth, sales,growth");
  await moe(...create, "robot");
  const { text } = await moe("keys", "list");
  assert.match(
    text,
    /zoe +propose,govern +any +person +growth,sales +never +\d/,
  );
  assert.match(text, /robot +propose,govern +any +service +never +\d/);
  const engine = await refused(...create, "Engine");
  assert.match(engine.message, /NAME "Engine": the engine itself acts/);
  const group = await refused(...create, "yan", "--groups", "a,,b");
  assert.match(group.message, /"" is no group's name/);
}

function title(text: string): string[] {
  return ["--title", text];
}

function idIn(text: string): string {
  const [id = ""] = /chg_\w+/.exec(text) ?? [];
  return id;
}

function codeIn(text: string): string {
  return /an approval signs ([0-9a-f]{12})/.exec(text)?.[1] ?? "";
}
