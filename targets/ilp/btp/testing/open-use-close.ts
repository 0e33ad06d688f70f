/** A whole life in one process, which then has to end by itself: anything left behind would keep it. */

import { until } from "../../testing/until.ts";
import { echo, Keeper, pair, RawPeer, request, Waiter } from "./nodes.ts";

const nodes = await pair(new Keeper(echo));
const waiter = new Waiter();
request(nodes.hub, waiter);
await until("the answer", () => waiter.outcome !== "waiting");
const silent = await RawPeer.login(nodes.server.url, "bob's");
request(nodes.server.session("bob"), new Waiter(), 60_000);
await nodes.client.close();
await nodes.server.close(10);
await until("the peer's end", () => silent.closed !== undefined);
