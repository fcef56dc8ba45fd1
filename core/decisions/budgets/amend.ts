/**
 * New budgets, what may change of one that is spent from, and its end.
 *
 * @module
 */
import type { BudgetTerms } from "../../domain/budget.ts";
import { EngineError } from "../../domain/error.ts";
import type {
  BudgetAccount,
  BudgetBook,
  KeptBudget,
} from "../../ports/budgets.ts";
import { resumeAccount } from "../pacing/account.ts";
import { openTarget } from "../pacing/target.ts";
import { paceTerms } from "./pace_terms.ts";

/** What a budget is from its first day to its last: accounts are counted in it. */
const FIXED = ["currency", "zone", "from", "objective", "mode"] as const;

/**
 * Keeps a budget as it is asked for.
 *
 * @throws {EngineError} `request_invalid` if it is closed, or another by what is fixed.
 */
export async function amendBudget(
  book: BudgetBook,
  tenant: string,
  asked: BudgetTerms,
): Promise<KeptBudget> {
  await book.create(tenant, asked);
  return await book.change(tenant, asked.id, (budget) => {
    checkAmendment(budget.terms, asked);
    const { plan, closedAt } = budget.terms;
    const terms = { ...asked, plan: asked.plan ?? plan, closedAt };
    const account = budget.account && withTarget(budget.account, terms);
    return { terms, kept: account, answer: { ...budget, terms, account } };
  });
}

/** Closes a budget, once. */
export async function closeBudget(
  book: BudgetBook,
  tenant: string,
  id: string,
): Promise<KeptBudget> {
  return await book.change(tenant, id, (budget, now) => {
    const closedAt = budget.terms.closedAt ?? new Date(now).toISOString();
    const terms = { ...budget.terms, closedAt };
    const { account } = budget;
    return { terms, kept: account, answer: { ...budget, terms } };
  });
}

/** Lets a stopped budget go on. */
export async function resumeBudget(
  book: BudgetBook,
  tenant: string,
  id: string,
): Promise<KeptBudget> {
  return await book.change(tenant, id, (budget) => {
    const account = budget.account && resumeAccount(budget.account);
    return { kept: account, answer: { ...budget, account } };
  });
}

function checkAmendment(before: BudgetTerms, asked: BudgetTerms): void {
  const changed = FIXED.find((name) => before[name] !== asked[name]);
  const isClosed = before.closedAt !== null;
  if (!isClosed && !changed) return;
  const reason = isClosed
    ? "it is closed; make another"
    : `its ${changed} cannot change; close it and make another`;
  throw new EngineError(
    "request_invalid",
    `Cannot change budget "${asked.id}": ${reason}`,
    { facts: { budget: asked.id, field: changed ?? "id" } },
  );
}

/** The account holds the state of the target that its terms have now. */
function withTarget(account: BudgetAccount, terms: BudgetTerms): BudgetAccount {
  const { target: rules } = paceTerms(terms).rules;
  const { target } = account.pacing;
  if ((rules === null) === (target === null)) return account;
  const held = rules === null ? null : openTarget(rules);
  return { ...account, pacing: { ...account.pacing, target: held } };
}
