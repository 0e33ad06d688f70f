import type { CpuProfile, Frame } from "./cpu-profile.ts";

/** A function as it was called from one place, with all that it called in turn. Times in microseconds. */
export interface Call {
  readonly name: string;
  readonly selfUs: number;
  /** Its own time and that of all below. */
  readonly totalUs: number;
  /** Dearest first. */
  readonly children: readonly Call[];
}

/** What V8 has on top of the stack when no JavaScript runs. */
export const IDLE = "(idle)";
const ROOT = "(root)";

/** A call that is still being summed up. */
interface Open {
  readonly name: string;
  selfUs: number;
  readonly children: Map<string, Open>;
}

/**
 * The tree of calls of a profile: calls of one function from one place are one, and what the thread waited for is left out.
 *
 * @param nameOf what a function is called; functions of one name become one
 */
export function callTree(profile: CpuProfile, nameOf: (frame: Frame) => string): Call {
  const selfUs = selfTimes(profile);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const called = new Set(profile.nodes.flatMap(({ children = [] }) => children));
  const root: Open = { name: ROOT, selfUs: 0, children: new Map() };
  // By hand and not by recursion, here and below: a stack in the profile may be deeper than ours.
  const waiting = profile.nodes.filter(({ id }) => !called.has(id)).map((node) => ({ node, into: root }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { callFrame, id, children = [] } = next.node;
    if (callFrame.functionName === IDLE) continue;
    const call = callFrame.functionName === ROOT ? root : childOf(next.into, nameOf(callFrame));
    call.selfUs += selfUs.get(id) ?? 0;
    for (const child of children) {
      const node = byId.get(child);
      if (node !== undefined) waiting.push({ node, into: call });
    }
  }
  return summed(root);
}

function childOf(parent: Open, name: string): Open {
  const child = parent.children.get(name) ?? { name, selfUs: 0, children: new Map() };
  parent.children.set(name, child);
  return child;
}

/** Sums from the leaves up. */
function summed(top: Open): Call {
  const order: Open[] = [];
  const waiting = [top];
  for (let call = waiting.pop(); call !== undefined; call = waiting.pop()) {
    order.push(call);
    waiting.push(...call.children.values());
  }
  const calls = new Map<Open, Call>();
  for (const call of order.reverse()) {
    const { name, selfUs } = call;
    const children = [...call.children.values()].map((child) => calls.get(child) as Call);
    calls.set(call, {
      name,
      selfUs,
      totalUs: children.reduce((sum, { totalUs }) => sum + totalUs, selfUs),
      children: children.filter(({ totalUs }) => totalUs > 0).sort((a, b) => b.totalUs - a.totalUs),
    });
  }
  return calls.get(top) as Call;
}

/** Microseconds by id of node: each sample stands for the time up to the next one. */
function selfTimes({ samples, timeDeltas, startTime, endTime }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>();
  let atUs = startTime;
  for (const [i, id] of samples.entries()) {
    atUs += timeDeltas[i] ?? 0;
    const us = i + 1 < samples.length ? (timeDeltas[i + 1] ?? 0) : endTime - atUs;
    // V8 may write samples a little out of order, with a negative delta.
    times.set(id, (times.get(id) ?? 0) + Math.max(0, us));
  }
  return times;
}

/** A function over all places it was called from. Shares are of all time in which the thread was at work. */
export interface TopFrame {
  readonly name: string;
  readonly selfUs: number;
  readonly selfShare: number;
  /** Time in which it was anywhere on the stack; once, however often it calls itself. */
  readonly totalUs: number;
  readonly totalShare: number;
}

/** Functions by their own time, dearest first. */
export function topFrames(tree: Call, most: number): TopFrame[] {
  const sums = new Map<string, { selfUs: number; totalUs: number }>();
  const waiting: { call: Call; above: ReadonlySet<string> }[] = [{ call: tree, above: new Set() }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { call, above } = next;
    const sum = sums.get(call.name) ?? { selfUs: 0, totalUs: 0 };
    sum.selfUs += call.selfUs;
    if (!above.has(call.name)) sum.totalUs += call.totalUs;
    sums.set(call.name, sum);
    const below = new Set(above).add(call.name);
    for (const child of call.children) waiting.push({ call: child, above: below });
  }
  sums.delete(ROOT);
  const share = (us: number) => (tree.totalUs > 0 ? us / tree.totalUs : 0);
  return [...sums]
    .map(([name, { selfUs, totalUs }]) => ({
      name,
      selfUs,
      selfShare: share(selfUs),
      totalUs,
      totalShare: share(totalUs),
    }))
    .filter(({ selfUs }) => selfUs > 0)
    .sort((a, b) => b.selfUs - a.selfUs)
    .slice(0, most);
}
