/**
 * Policies as pages for people: each rule as a sentence, its notation folded below, and
 * the cases that prove it. Free of scripts.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { asPage, type DocsPage } from "./docs_frame.ts";
import { Folded, Framed, type Link } from "./framed.tsx";

/** A policy in sentences, as the engine says it. */
export type SpokenPolicy = ReturnType<Engine["spokenPolicies"]>[number];

type Case = SpokenPolicy["document"]["cases"][number];

/**
 * Prints a policy.
 *
 * @param spoken The policy in sentences.
 * @param others Names that the page leads to, its own among them.
 * @returns The page.
 */
export function printPolicyPage(
  spoken: SpokenPolicy,
  others: readonly string[],
): DocsPage {
  return asPage(String(
    <Framed
      title={spoken.document.policy}
      sections={[
        ["Rules", spoken.rules.map(({ id }) => [`#${id}`, id])],
        ["Policies", others.map(linkPolicy)],
      ]}
    >
      <Policy spoken={spoken} />
    </Framed>,
  ));
}

/**
 * Prints the list of policies.
 *
 * @param policies Policies in sentences, by name.
 * @returns The page.
 */
export function printPolicyIndex(policies: readonly SpokenPolicy[]): DocsPage {
  const names = policies.map(({ document }) => document.policy);
  return asPage(String(
    <Framed title="Policies" sections={[["Policies", names.map(linkPolicy)]]}>
      <h1 id="top">Policies</h1>
      {policies.map(({ document, rules }) => (
        <section class="route">
          <h3>
            <a href={`/docs/policies/${document.policy}`}>{document.policy}</a>
          </h3>
          <Head document={document} />
          {rules.map(({ id, sentence }) => <p key={id}>{sentence}</p>)}
        </section>
      ))}
    </Framed>,
  ));
}

function linkPolicy(name: string): Link {
  return [`/docs/policies/${name}`, name];
}

function Head({ document }: { document: SpokenPolicy["document"] }) {
  const { version, owner, about } = document;
  return (
    <>
      <p class="soft">version {version} · {owner}</p>
      <p>{about}</p>
    </>
  );
}

function Policy({ spoken }: { spoken: SpokenPolicy }) {
  const { document, scope, rules, lists } = spoken;
  return (
    <>
      <h1 id="top">{document.policy}</h1>
      <Head document={document} />
      <p>{scope}</p>
      <h2 id="rules">Rules</h2>
      {rules.map((rule, place) => (
        <section class="route" id={rule.id}>
          <div class="call">
            <code>{rule.id}</code>
            <span class="chip">{document.rules[place]?.effect}</span>
          </div>
          <p class="said">{rule.sentence}</p>
          <Folded
            summary="As it is written"
            value={document.rules[place]}
          />
        </section>
      ))}
      <h2 id="cases">Cases</h2>
      <CaseTable cases={document.cases} />
      {lists.length > 0 ? <h2 id="lists">Lists</h2> : null}
      {lists.map(({ list, about, count }) => (
        <p>
          <code>{list}</code> · {count} items · {about}
        </p>
      ))}
    </>
  );
}

function CaseTable({ cases }: { cases: readonly Case[] }) {
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>Case</th>
            <th>Facts</th>
            <th>Rules that fire</th>
            <th>What comes out</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <tr>
              <td>{one.note}</td>
              <td>
                {listGiven(one).map((line) => (
                  <>
                    <code>{line}</code>
                    {" "}
                  </>
                ))}
              </td>
              <td>{one.want.length === 0 ? "none" : one.want.join(", ")}</td>
              <td>{listOutcome(one).join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What a case wants beside the rules that fire. */
function listOutcome({ wantMicros, review, priority }: Case): string[] {
  return [
    ...wantMicros === undefined
      ? []
      : [wantMicros === null ? "denied" : `${wantMicros} micros`],
    ...review ? ["a person is asked"] : [],
    ...priority === undefined ? [] : [`priority ${priority}`],
  ];
}

/** What a case gives: its facts and, where there is one, another policy's cap. */
function listGiven({ facts, otherCapMicros }: Case): string[] {
  return [
    ...listFacts(facts, ""),
    ...otherCapMicros === undefined
      ? []
      : [`another policy caps at ${otherCapMicros} micros`],
  ];
}

/** Facts one by one, `group.name: value`. */
function listFacts(facts: Case["facts"], above: string): string[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const path = `${above}${name}`;
    const group = typeof value === "object" && value !== null &&
      !Array.isArray(value);
    return group
      ? listFacts(value as Case["facts"], `${path}.`)
      : [`${path}: ${JSON.stringify(value)}`];
  });
}
