package windows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/output"
)

func TestOptions(t *testing.T) {
	for argument, want := range map[string]options{
		"w.ndjson":    {"w.ndjson", nil, 1000, time.Second},
		"/dev/fd/3":   {"/dev/fd/3", nil, 1000, time.Second},
		"w?series=5":  {"w", nil, 5, time.Second},
		"w?period=1m": {"w", nil, 1000, time.Minute},
		"w?tags=b,a":  {"w", []string{"a", "b"}, 1000, time.Second},
		"w?tags=name": {"w", nil, 1000, time.Second},
		"w?tags=a&tags=b&series=100000&period=100ms": {"w", []string{"a", "b"}, 100_000, 100 * time.Millisecond},
	} {
		want.tags = append(slices.Clone(defaultTags), want.tags...)
		slices.Sort(want.tags)
		got, err := parseOptions(argument)
		if err != nil {
			t.Errorf("%s: %v", argument, err)
		}
		if got.path != want.path || got.limit != want.limit || got.period != want.period || !slices.Equal(got.tags, want.tags) {
			t.Errorf("%s: got %+v, want %+v", argument, got, want)
		}
	}
}

func TestAWrongOptionRefusesTheRunInOneLine(t *testing.T) {
	for argument, says := range map[string]string{
		"":              "--out windows=PATH",
		"?period=1s":    "--out windows=PATH",
		"w?periode=1s":  "unknown option periode",
		"w?period=99ms": "from 100ms to 1m",
		"w?period=61s":  "from 100ms to 1m",
		"w?period=1":    "period=1 is not a duration",
		"w?series=0":    "from 1 to 100000",
		"w?series=many": "series=many is not a whole number",
		"w?tags=a,,b":   "tags=a,,b has an empty name",
		"w?tags=":       "empty name",
		"w?%zz":         "cannot read the options",
	} {
		_, err := newOutput(output.Params{ConfigArgument: argument, Logger: logrus.New()})
		if err == nil {
			t.Errorf("%q was accepted", argument)
			continue
		}
		if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %q does not say %q in one line", argument, err, says)
		}
	}
}

func TestTheDescriptionNamesPathAndPeriod(t *testing.T) {
	equal(t, "description", prepare(t, "w.ndjson?period=1m").Description(), "windows (w.ndjson, every 1m)")
	equal(t, "description", prepare(t, "w.ndjson?period=90ms0us500ms").Description(), "windows (w.ndjson, every 590ms)")
}
