import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { addressOf } from "./address.ts";
import { pushCommand } from "./push-command.ts";

/** The words a shell makes of a line. */
const words = (line: string) => execFileSync("sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" });

for (const path of ["results/r1", "../of a friend/r1", "it's $HOME/`r1`", 'r"1"']) {
  test(`${path} goes through a shell as it is, and so does the database`, () => {
    const url = "http://[::1]:8086/my%20load";
    const line = pushCommand(path, addressOf(url));
    assert.equal(words(line), `npx\nplimsoll\npush\n${path}\n--influx\n${url}\n`);
  });
}

test("of a database with a user the line says where the password goes, and has none itself", () => {
  assert.equal(
    pushCommand("results/r1", addressOf("http://ann:s3cret@h:8086/x")),
    "npx plimsoll push results/r1 (with PLIMSOLL_INFLUX, or --influx, as for this run)",
  );
});
