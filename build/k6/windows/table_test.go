package windows

import (
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"go.k6.io/k6/v2/metrics"
)

const ms = time.Millisecond

// t0 is 250 ms into a second, so the first windows are 0..750, 750..1750 and 1750..2750 ms after it.

func TestASampleGoesToTheWindowOfItsOwnTime(t *testing.T) {
	tr := newTrial(t, "")
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	tr.add(100*ms, hits, 1)
	tr.tick(1000 * ms)
	tr.add(749*ms, hits, 2) // the first window is still open
	tr.add(750*ms, hits, 4) // the second one starts here
	tr.add(1000*ms, hits, 8)
	lines := tr.end(2000 * ms)
	equal(t, "windows", len(lines), 3)
	equal(t, "first", lines[0].only(t).Value, 3)
	equal(t, "second", lines[1].only(t).Value, 12)
	equal(t, "third", len(lines[2].Series), 0)
	equal(t, "late", *lines[0].Late+*lines[1].Late+*lines[2].Late, 0)
}

func TestALateSampleGoesToTheOldestOpenWindowAndIsCounted(t *testing.T) {
	tr := newTrial(t, "")
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	tr.tick(1800 * ms) // the first window has closed
	tr.add(100*ms, hits, 1)
	tr.add(749*ms, hits, 2)
	tr.add(800*ms, hits, 4)
	lines := tr.end(2000 * ms)
	equal(t, "first", len(lines[0].Series), 0)
	equal(t, "second", lines[1].only(t).Value, 7)
	equal(t, "late in the second", *lines[1].Late, 2)
	equal(t, "late in the third", *lines[2].Late, 0)
}

func TestASampleFromBeforeTheStartIsLateInTheFirstWindow(t *testing.T) {
	tr := newTrial(t, "")
	tr.add(-time.Hour, tr.metric("hits", metrics.Counter, metrics.Default), 1)
	lines := tr.end(500 * ms)
	equal(t, "late", *lines[0].Late, 1)
	equal(t, "value", lines[0].only(t).Value, 1)
}

func TestASampleFromTheFutureGoesToTheCurrentWindow(t *testing.T) {
	tr := newTrial(t, "")
	tr.add(time.Hour, tr.metric("hits", metrics.Counter, metrics.Default), 1)
	lines := tr.end(500 * ms)
	equal(t, "windows", len(lines), 1)
	equal(t, "value", lines[0].only(t).Value, 1)
}

func TestWindowsAreAlignedAndTheirEndsAreThoseOfTheRun(t *testing.T) {
	tr := newTrial(t, "")
	tr.tick(900 * ms)
	equal(t, "written before the first window has had its grace", tr.file.Len(), 0)
	tr.tick(1800 * ms)
	lines := tr.end(2900 * ms)
	equal(t, "windows", len(lines), 4)
	for i, want := range []struct {
		from string
		ms   int64
	}{
		{"10:00:00.250", 750}, {"10:00:01.000", 1000}, {"10:00:02.000", 1000}, {"10:00:03.000", 150},
	} {
		equal(t, "from", lines[i].From.Format("15:04:05.000"), want.from)
		equal(t, "ms", lines[i].Ms, want.ms)
	}
}

func TestAnyPeriodIsAlignedToItsOwnMultiples(t *testing.T) {
	tr := newTrial(t, "?period=700ms")
	lines := tr.end(3 * time.Second)
	for _, l := range lines[1:] {
		equal(t, "offset", l.From.UnixMilli()%700, 0)
	}
	equal(t, "covered", lines[len(lines)-1].to().Sub(lines[0].From), 3*time.Second)
}

func TestARunThatEndsOnAMultipleStillHasALastWindow(t *testing.T) {
	tr := newTrial(t, "")
	tr.tick(750 * ms)
	tr.add(749*ms, tr.metric("hits", metrics.Counter, metrics.Default), 5)
	lines := tr.end(750 * ms)
	equal(t, "value", lines[0].only(t).Value, 5)
	equal(t, "ms of the last", lines[len(lines)-1].Ms, 1)
}

func TestAPauseOfTheProcessLeavesEmptyWindowsNotAHole(t *testing.T) {
	tr := newTrial(t, "")
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	tr.add(0, hits, 1)
	tr.clock = t0.Add(time.Hour)
	tr.add(time.Hour, hits, 2)
	lines := tr.end(time.Hour + 100*ms)
	equal(t, "windows", len(lines), 3601) // readLines has checked that they follow one another
	equal(t, "first", lines[0].only(t).Value, 1)
	equal(t, "last", lines[3600].only(t).Value, 2)
	equal(t, "in between", len(lines[1800].Series), 0)
}

func TestFourTypesAndTheirFigures(t *testing.T) {
	tr := newTrial(t, "")
	sent := tr.metric("data_sent", metrics.Counter, metrics.Data)
	ok := tr.metric("checks", metrics.Rate, metrics.Default)
	vus := tr.metric("vus", metrics.Gauge, metrics.Default)
	lat := tr.metric("lat", metrics.Trend, metrics.Time)
	size := tr.metric("size", metrics.Trend, metrics.Default)
	tr.add(0, sent, 10)
	tr.add(1*ms, sent, 2.5)
	for i := range 5 {
		tr.add(2*ms, ok, float64(i)) // one 0, four others
	}
	tr.add(30*ms, vus, 90)
	tr.add(50*ms, vus, 100)
	tr.add(40*ms, vus, 95) // delivered later, taken earlier
	tr.add(3*ms, lat, 1.2345)
	tr.add(3*ms, lat, 0.5)
	tr.add(3*ms, size, 2.0005)
	s := tr.end(100 * ms)[0].Series
	equal(t, "counter", fmt.Sprint(s[0].Metric, s[0].Type, s[0].Unit, s[0].Value), "data_sentcounterbytes12.5")
	equal(t, "rate", fmt.Sprint(s[1].Type, s[1].Unit, s[1].Yes, s[1].No), "rate4 1")
	equal(t, "gauge", fmt.Sprint(s[2].Type, s[2].Value, s[2].Min, s[2].Max), "gauge100 90 100")
	equal(t, "trend", fmt.Sprint(s[3].Type, s[3].Unit, s[3].N, s[3].Sum, s[3].Min, s[3].Max), "trendms2 1.7345 0.5 1.2345")
	equal(t, "histogram in microseconds", fmt.Sprint(s[3].counts(t)), "map[500:1 1235:1]")
	equal(t, "histogram in thousandths", fmt.Sprint(s[4].Unit, s[4].counts(t)), "map[2001:1]")
}

func TestEveryWindowStartsFromNothing(t *testing.T) {
	tr := newTrial(t, "")
	lat := tr.metric("lat", metrics.Trend, metrics.Time)
	vus := tr.metric("vus", metrics.Gauge, metrics.Default)
	ok := tr.metric("ok", metrics.Rate, metrics.Default)
	for s := range 8 {
		at := time.Duration(s) * time.Second
		tr.tick(at) // the cells of closed windows come back
		tr.add(at, lat, float64(10-s))
		tr.add(at, vus, float64(10-s))
		tr.add(at, ok, float64(s%2))
	}
	for s, l := range tr.end(8 * time.Second)[:8] {
		want := float64(10 - s)
		equal(t, "trend", fmt.Sprint(l.Series[0].N, l.Series[0].Sum, l.Series[0].Min, l.Series[0].Max), fmt.Sprint(1, want, want, want))
		equal(t, "histogram", fmt.Sprint(l.Series[0].counts(t)), fmt.Sprint(map[int64]int64{int64(want) * 1000: 1}))
		equal(t, "gauge", fmt.Sprint(l.Series[1].Value, l.Series[1].Min, l.Series[1].Max), fmt.Sprint(want, want, want))
		equal(t, "rate", fmt.Sprint(l.Series[2].Yes, l.Series[2].No), fmt.Sprint(s%2, 1-s%2))
	}
}

func TestAHistogramKeepsItsCountsOverTheWholeRange(t *testing.T) {
	tr := newTrial(t, "")
	lat := tr.metric("lat", metrics.Trend, metrics.Time)
	want := map[int64]int64{}
	for exponent := range 53 {
		for range exponent + 1 {
			tr.add(0, lat, float64(int64(1)<<exponent)/1000) // powers of two begin their buckets
			want[int64(1)<<exponent]++
		}
	}
	line := tr.end(1 * ms)[0]
	equal(t, "counts", fmt.Sprint(line.only(t).counts(t)), fmt.Sprint(want))
	equal(t, "n", line.only(t).N, 53*54/2)
	equal(t, "clamped", line.Clamped, 0)
}

func TestWhatAHistogramCannotHoldIsClampedAndCounted(t *testing.T) {
	tr := newTrial(t, "")
	lat := tr.metric("lat", metrics.Trend, metrics.Time)
	count := tr.metric("count", metrics.Counter, metrics.Default)
	for _, v := range []float64{-5, 1, 1e300, math.Inf(1), math.NaN()} {
		tr.add(0, lat, v)
	}
	tr.add(0, count, math.NaN())
	line := tr.end(1 * ms)[0]
	s := line.only(t)
	equal(t, "clamped", line.Clamped, 5)
	equal(t, "n", s.N, 4) // all but the one that is not a number
	equal(t, "min", s.Min, -5)
	equal(t, "max", s.Max, math.MaxFloat64)
	counts := s.counts(t)
	equal(t, "at 0", counts[0], 1)
	equal(t, "at 1 ms", counts[1000], 1)
	equal(t, "buckets", len(counts), 3)
}

func TestASumBeyondAllNumbersIsTheLargest(t *testing.T) {
	tr := newTrial(t, "")
	c := tr.metric("bytes_sent", metrics.Counter, metrics.Default)
	tr.add(0, c, math.MaxFloat64)
	tr.add(0, c, math.MaxFloat64)
	equal(t, "sum", tr.end(1 * ms)[0].only(t).Value, math.MaxFloat64)
}

func TestTagsOffTheListFoldTogether(t *testing.T) {
	tr := newTrial(t, "?tags=route")
	lat := tr.metric("lat", metrics.Trend, metrics.Time)
	for i := range 100 {
		tr.add(0, lat, 1, "name", "SayHello", "route", "eu", "url", fmt.Sprint(i), "group", "")
	}
	tr.add(0, lat, 1, "name", "SayHello", "route", "us")
	s := tr.end(1 * ms)[0].Series
	equal(t, "series", len(s), 2)
	equal(t, "n", s[0].N, 100)
	equal(t, "tags", fmt.Sprint(s[0].Tags), "map[name:SayHello route:eu]")
	equal(t, "other tags", fmt.Sprint(s[1].Tags), "map[name:SayHello route:us]")
}

func TestTagValuesCannotImitateOneAnother(t *testing.T) {
	tr := newTrial(t, "")
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	tr.add(0, hits, 1, "group", "a\x00name", "name", "b")
	tr.add(0, hits, 2, "group", "a", "name", "name\x00b")
	tr.add(0, hits, 4, "name", `<"\ & é`)
	s := tr.end(1 * ms)[0].Series
	equal(t, "series", len(s), 3)
	equal(t, "value", s[0].Value, 1)
	equal(t, "group", s[0].Tags["group"], "a\x00name")
	equal(t, "name", s[2].Tags["name"], `<"\ & é`)
}

func TestStatusIsItsClass(t *testing.T) {
	for status, want := range map[string]string{
		"200": "2xx", "204": "2xx", "301": "3xx", "404": "4xx", "503": "5xx", "100": "1xx",
		"0": "0", "": "0", "14": "14", "999": "999", "1000": "1000",
	} {
		tr := newTrial(t, "")
		tr.add(0, tr.metric("hits", metrics.Counter, metrics.Default), 1, "status", status)
		equal(t, "class of "+status, tr.end(1 * ms)[0].only(t).Tags["status"], want)
	}
	equal(t, "series of a sample without status", len(newTrial(t, "").tags().Map()), 0)
}

func TestPastTheLimitSamplesGoToOneOverflowSeriesOfTheirMetric(t *testing.T) {
	tr := newTrial(t, "?series=2")
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	lat := tr.metric("lat", metrics.Trend, metrics.Time)
	for range 2 { // the second round comes out of the cache
		for i := range 10 {
			tr.add(0, hits, 1, "name", fmt.Sprint(i))
			tr.add(0, lat, 5, "name", fmt.Sprint(i))
		}
	}
	line := tr.end(1 * ms)[0]
	equal(t, "series", len(line.Series), 4)
	var total, trend int64
	for _, s := range line.Series {
		total += int64(s.Value)
		trend += s.N
		if s.Tags["overflow"] == "true" {
			equal(t, "tags", len(s.Tags), 1)
			equal(t, "samples of "+s.Metric, s.N+int64(s.Value), 18)
		}
	}
	equal(t, "hits in all", total, 20)
	equal(t, "trend samples in all", trend, 20)
	equal(t, "overflow", *line.Overflow, 36)
}

func TestASilentSeriesGivesUpItsPlace(t *testing.T) {
	tr := newTrial(t, "?series=1")
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	tr.add(0, hits, 1, "name", "a")
	tr.add(0, hits, 1, "name", "b")
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	tr.tick(seconds(idleWindows))
	tr.add(seconds(idleWindows), hits, 1, "name", "b") // a keeps its place until now
	tr.tick(seconds(2 * idleWindows))
	tr.add(seconds(2*idleWindows), hits, 1, "name", "b")
	lines := tr.end(seconds(2*idleWindows) + 1)
	equal(t, "overflow at first", *lines[0].Overflow, 1)
	equal(t, "overflow before the end of idling", *lines[idleWindows].Overflow, 1)
	last := lines[2*idleWindows]
	equal(t, "overflow after it", *last.Overflow, 0)
	equal(t, "tags", fmt.Sprint(last.only(t).Tags), "map[name:b]")
}

func TestEndlessTagValuesLeaveMemoryAndCountsAlone(t *testing.T) {
	tr := newTrial(t, "?series=50")
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	const samples = 20_000
	for i := range samples {
		tr.add(0, hits, 1, "url", fmt.Sprint(i))
		tr.add(0, hits, 1, "name", fmt.Sprint(i))
	}
	if n := len(tr.table.raw); n > rawPerSeries*50 {
		t.Errorf("%d time series are remembered", n)
	}
	equal(t, "live", len(tr.table.live), 51)
	line := tr.end(1 * ms)[0]
	total := 0.0
	for _, s := range line.Series {
		total += s.Value
	}
	equal(t, "hits", total, 2*samples)
	equal(t, "without a name", line.Series[0].Value, samples)
	equal(t, "overflow", *line.Overflow, samples-49)
}

func TestABurstOfSeriesIsForgotten(t *testing.T) {
	tr := newTrial(t, "?series=6000")
	lat := tr.metric("lat", metrics.Trend, metrics.Time)
	for i := range 5000 {
		tr.add(0, lat, 1, "name", fmt.Sprint(i))
	}
	for s := range 2 * idleWindows {
		tr.tick(time.Duration(s) * time.Second)
		tr.add(time.Duration(s)*time.Second, lat, 1, "name", "steady")
	}
	equal(t, "live", len(tr.table.live), 1)
	equal(t, "keys", len(tr.table.series), 1)
	if n := len(tr.table.spare[1]); n > 2 {
		t.Errorf("%d spare cells are kept for one series", n)
	}
	tr.end(2 * idleWindows * time.Second)
}

func TestASampleOfAKnownSeriesAllocatesNothing(t *testing.T) {
	tr := newTrial(t, "")
	batch := httpSamples(tr, 1000)
	batch = append(batch, batch[0].GetSamples()[0]) // k6 sends some samples without a container
	tr.AddMetricSamples(batch)                      // makes the series
	if n := testing.AllocsPerRun(20, func() { tr.AddMetricSamples(batch) }); n != 0 {
		t.Errorf("%g allocations for %d samples", n, 1001)
	}
	tr.end(1 * ms)
}

func TestCellsAreReusedFromWindowToWindow(t *testing.T) {
	tr := newTrial(t, "")
	batch := httpSamples(tr, 1000)
	window := func() {
		tr.clock = tr.clock.Add(time.Second)
		stamp(batch, tr.clock)
		tr.AddMetricSamples(batch)
		for _, w := range tr.table.takeClosed() {
			tr.table.giveCells(w.rows)
		}
	}
	for range 5 {
		window()
	}
	// What is left is the list of rows, some 100 bytes a series and window.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		window()
	}
	runtime.ReadMemStats(&after)
	if perWindow := (after.TotalAlloc - before.TotalAlloc) / 100; perWindow > 20_000 {
		t.Errorf("%d bytes allocated a window", perWindow)
	}
	tr.end(time.Hour)
}
