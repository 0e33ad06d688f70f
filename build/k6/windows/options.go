package windows

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits and defaults of the options.
const (
	defaultPeriod = time.Second
	minPeriod     = 100 * time.Millisecond
	maxPeriod     = time.Minute

	defaultSeries = 1000
	maxSeries     = 100_000
)

// defaultTags are the tags a series keeps. Each has few values, which is what bounds the number of series.
var defaultTags = []string{
	"check", "expected_response", "group", "name", "peer", "phase", "scenario", "status", "variant",
}

// options is what stands behind `--out windows=`: PATH[?tags=a,b&series=N&period=1s].
type options struct {
	path   string        // a file, or /dev/fd/N
	tags   []string      // names to keep, sorted
	limit  int           // of live series
	period time.Duration // length of a window
}

// parseOptions reads the argument of the output. Its errors are for the user and say what would be right.
func parseOptions(argument string) (options, error) {
	path, query, _ := strings.Cut(argument, "?")
	o := options{path: path, tags: slices.Clone(defaultTags), limit: defaultSeries, period: defaultPeriod}
	if path == "" {
		return o, fmt.Errorf("name a file or /dev/fd/N: --out windows=PATH[?tags=a,b&series=N&period=1s]")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return o, fmt.Errorf("cannot read the options %s: %w", query, err)
	}
	for name, given := range values {
		last := given[len(given)-1]
		switch name {
		case "tags":
			for _, tag := range strings.Split(strings.Join(given, ","), ",") {
				if tag == "" {
					return o, fmt.Errorf("tags=%s has an empty name; give tag names with commas between: tags=route,tenant", last)
				}
				o.tags = append(o.tags, tag)
			}
		case "series":
			o.limit, err = strconv.Atoi(last)
			if err != nil || o.limit < 1 || o.limit > maxSeries {
				return o, fmt.Errorf("series=%s is not a whole number from 1 to %d", last, maxSeries)
			}
		case "period":
			o.period, err = time.ParseDuration(last)
			if err != nil || o.period < minPeriod || o.period > maxPeriod {
				return o, fmt.Errorf("period=%s is not a duration from %s to %s", last, text(minPeriod), text(maxPeriod))
			}
		default:
			return o, fmt.Errorf("unknown option %s; there are tags, series and period", name)
		}
	}
	slices.Sort(o.tags)
	o.tags = slices.Compact(o.tags)
	return o, nil
}

// text writes a duration as a user would: 1m rather than 1m0s.
func text(d time.Duration) string {
	return strings.TrimSuffix(d.String(), "m0s") + strings.Repeat("m", strings.Count(d.String(), "m0s"))
}
