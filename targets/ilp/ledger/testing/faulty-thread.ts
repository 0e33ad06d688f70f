/** The ledger's thread with faults that a test turns on and off, through memory that both share. */
import { workerData } from "node:worker_threads";
import { serveBooks, type ThreadData } from "../serve-books.ts";
import { faultsIn } from "./faults.ts";

const faults = faultsIn((workerData as ThreadData).faults!);

serveBooks({
  beforeCommit(db) {
    // Read before the test is told that a commit began, which may then set the next one's.
    const { delayMs } = faults;
    faults.begin();
    if (delayMs > 0) faults.standStill(delayMs);
    if (faults.crash) process.exit(70);
    if (faults.pages > 0) {
      // A full disk, as SQLite sees it: no page more than there are. What is written is found out when it is allocated.
      db.exec(`PRAGMA max_page_count = ${faults.pages}`);
      db.exec(
        "CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (zeroblob(1048576)); DROP TABLE filler",
      );
    }
  },
  afterCommit() {
    if (faults.takeCrashAfter()) process.exit(70);
  },
});
