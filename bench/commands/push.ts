import type { Command } from "commander";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { addressOf } from "../influx/address.ts";
import { deliverTo } from "../influx/delivery.ts";
import { openDatabase } from "../influx/open-database.ts";
import { push } from "../influx/push.ts";
import { findRun, readRun } from "../results/store.ts";
import { influxOption } from "./influx-option.ts";

export function addPush(program: Command): void {
  program
    .command("push")
    .summary("send a stored run to InfluxDB")
    .description(
      "Sends a run to InfluxDB as `run --influx` would have: for what the database missed, or a run from elsewhere. Sending a run again changes nothing.",
    )
    .argument("<run>", "a folder, the name of a run in results/, or: latest")
    .addOption(influxOption("the database to send it to"))
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll push latest --influx http://127.0.0.1:8086/plimsoll
  PLIMSOLL_INFLUX=http://user:password@host:8086/db npx plimsoll push latest`,
    )
    .action(async (reference: string, { influx }: { influx?: string }) => {
      if (influx === undefined) {
        throw new Failure("USAGE", "where to? --influx http://127.0.0.1:8086/plimsoll, or PLIMSOLL_INFLUX");
      }
      const address = addressOf(influx);
      const folder = findRun(reference);
      readRun(folder);
      const say = (line: string) => process.stderr.write(`${line}\n`);
      await openDatabase(address, say);
      const sent = await push(folder, deliverTo(address), undefined, say);
      process.stdout.write(`${count(sent)} points of ${folder.id} are in ${address.shown}\n`);
    });
}
