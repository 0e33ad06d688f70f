import { styleText } from "node:util";
import Table from "cli-table3";

/** A table without lines, two spaces from the left; as wide as what is in it. */
export function plainTable(head: string[], colAligns: ("left" | "right")[]) {
  return new Table({
    head: head.map((text) => styleText("dim", text)),
    colAligns,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "  ",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "",
    },
  });
}
