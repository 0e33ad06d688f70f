import { InvalidArgumentError } from "commander";

/** Reads a flag that is a whole number from `least` up. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || text.trim() === "")
      throw new InvalidArgumentError(`It is a whole number from ${least} up.`);
    return value;
  };
}
