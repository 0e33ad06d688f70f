import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { until } from "../testing/until.ts";
import type { Asker } from "./peer.ts";
import { type Behaviour, pathOf, prepare } from "./testing/path-between.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

for (const how of ["fulfills", "rejects", "does not answer", "BACKPRESSURE"] as const satisfies Behaviour[]) {
  test(`a packet that is over keeps no link alive: one whose next hop ${how}`, async (t) => {
    const node = await pathOf(t);
    // Tells bob what to do with the next one as well, which goes to the path directly, with a link of its own.
    node.receive(1, prepare(1), how);
    await node.answers();
    let answers = 0;
    const into = new Uint8Array(1_024);
    const link = new WeakRef<Asker>(
      (() => {
        const asker: Asker = {
          respond(requestId, _size, write) {
            write(requestId, into, 0);
            answers++;
            return true;
          },
        };
        node.path.receive(node.alice, asker, prepare(1));
        return asker;
      })(),
    );
    await node.answers();
    assert.equal(answers, 1);
    await until("its link to be collected", () => {
      collect();
      return link.deref() === undefined;
    });
  });
}
