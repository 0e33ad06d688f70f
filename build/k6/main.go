// Command k6 is stock k6 with one more output: windows.
package main

import (
	"go.k6.io/k6/v2/cmd"

	_ "plimsoll/build/k6/windows"
)

func main() { cmd.Execute() }
