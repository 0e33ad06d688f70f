import { EVENT_TYPES, NODE_ID } from "./event.ts";

/** What a subscriber wants to see. Undefined: everything. */
export interface Filter {
  readonly nodes: ReadonlySet<string> | undefined;
  readonly types: ReadonlySet<string> | undefined;
}

/** Most nodes a filter names. */
const MAX_NODES = 256;

/** A filter that names what does not exist, or a parameter nobody knows. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  readonly code = "bad-filter";
}

/**
 * Reads `nodes=A,B` and `types=PACKET_SENT,LOG`; one that is missing or empty lets everything through.
 *
 * @throws FilterError
 */
export function parseFilter(query: URLSearchParams): Filter {
  for (const name of query.keys())
    if (name !== "nodes" && name !== "types")
      throw new FilterError(`no such parameter: "${name}"; there are nodes and types`);
  const nodes = listOf(query, "nodes");
  const types = listOf(query, "types");
  if (nodes !== undefined && nodes.size > MAX_NODES) throw new FilterError(`more than ${MAX_NODES} nodes`);
  for (const node of nodes ?? []) if (!NODE_ID.test(node)) throw new FilterError(`no nodeId: "${node}"`);
  for (const type of types ?? [])
    if (!(EVENT_TYPES as readonly string[]).includes(type))
      throw new FilterError(`no such type: "${type}"; there are ${EVENT_TYPES.join(", ")}`);
  return { nodes, types };
}

function listOf(query: URLSearchParams, name: string): ReadonlySet<string> | undefined {
  const items = query
    .getAll(name)
    .flatMap((value) => value.split(","))
    .filter((item) => item !== "");
  return items.length === 0 ? undefined : new Set(items.sort());
}
