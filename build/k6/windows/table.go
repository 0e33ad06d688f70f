package windows

import (
	"slices"
	"time"

	"go.k6.io/k6/v2/metrics"
)

const (
	// A series that was silent for this many windows gives up its place.
	idleWindows = 10

	// How many k6 time series are remembered for each series of ours. Folding is found again at the price of
	// about a microsecond, so when a script makes a new URL tag for each request the memory is simply cleared.
	rawPerSeries = 8
)

// A window is a stretch of time and what could not be told by its series. Times are Unix nanoseconds.
type window struct {
	from, to int64 // from <= t < to
	late     int64 // samples from before any open window
	overflow int64 // samples of series beyond the limit
	clamped  int64 // samples no histogram can hold
}

// A closedWindow waits to be written. Its cells belong to it until they are given back.
type closedWindow struct {
	window
	rows []row
}

// A row is one series in one closed window.
type row struct {
	series *series
	cell   *cell
}

// A table folds samples into the two open windows: the current one, and the one before it, which stays
// open for one more period because samples reach an output after they were taken.
//
//	time ---->   | closed | old | current |
//	                              ^ now
//
// Its memory depends on the number of live series, never on the number of samples. It is not safe for
// concurrent use.
type table struct {
	options
	old, current window // old.to is 0 until there is one

	series   map[string]*series             // live, by key; at most options.limit
	overflow map[*metrics.Metric]*series    // live, one for each metric that needed it
	live     []*series                      // both of them, in order of appearance
	raw      map[metrics.TimeSeries]*series // where time series of k6 fold to; at most rawPerSeries a series

	closed []closedWindow // not yet taken by the writer
	spare  [2][]*cell     // cells to reuse: without and with a histogram
	key    []byte         // scratch
}

// newTable opens the first window at `start`, Unix nanoseconds; it ends at the next multiple of the period.
func newTable(o options, start int64) *table {
	return &table{
		options:  o,
		current:  window{from: start, to: nextMultiple(start, o.period)},
		series:   make(map[string]*series),
		overflow: make(map[*metrics.Metric]*series),
		raw:      make(map[metrics.TimeSeries]*series),
	}
}

// nextMultiple is the first multiple of the period after t.
func nextMultiple(t int64, period time.Duration) int64 {
	return t - t%int64(period) + int64(period)
}

// fold adds a sample taken at `at`, Unix nanoseconds.
func (t *table) fold(ts metrics.TimeSeries, value float64, at int64) {
	s, known := t.raw[ts]
	if !known {
		s = t.find(ts)
	}
	w, slot := &t.current, &s.current
	if at < w.from && t.old.to != 0 {
		w, slot = &t.old, &s.old
	}
	if at < w.from {
		w.late++
	}
	if s.overflow {
		w.overflow++
	}
	if *slot == nil {
		*slot = t.takeCell(s.kind)
	}
	if (*slot).add(value, at) {
		w.clamped++
	}
}

// find returns the series that ts folds into, a new one if there is room, else the overflow of its metric.
func (t *table) find(ts metrics.TimeSeries) *series {
	t.key = appendKey(t.key[:0], ts, t.tags)
	s := t.series[string(t.key)]
	switch {
	case s != nil:
	case len(t.series) < t.limit:
		s = &series{key: string(t.key), kind: ts.Metric.Type, head: head(ts.Metric, keptTags(ts, t.tags))}
		t.series[s.key] = s
		t.live = append(t.live, s)
	default:
		s = t.overflowOf(ts.Metric)
	}
	if len(t.raw) >= rawPerSeries*t.limit {
		clear(t.raw)
	}
	t.raw[ts] = s
	return s
}

func (t *table) overflowOf(metric *metrics.Metric) *series {
	s := t.overflow[metric]
	if s == nil {
		s = &series{overflow: true, kind: metric.Type, head: head(metric, map[string]string{"overflow": "true"})}
		t.overflow[metric] = s
		t.live = append(t.live, s)
	}
	return s
}

// advance moves the windows on until the current one holds `now`, Unix nanoseconds. Every period gets its
// window, with samples or without, so that a gap shows.
func (t *table) advance(now int64) {
	for now >= t.current.to {
		t.shift()
		t.current = window{from: t.old.to, to: t.old.to + int64(t.period)}
	}
}

// end closes what is open; the current window ends at `now`.
func (t *table) end(now int64) {
	t.advance(now)
	t.current.to = max(now, t.current.from)
	t.shift()
	t.shift()
}

// shift closes the old window and makes the current one old.
func (t *table) shift() {
	var rows []row
	freed := false
	for _, s := range t.live {
		if s.old != nil {
			rows = append(rows, row{s, s.old})
		}
		if s.old != nil || s.current != nil {
			s.idle = 0
		} else if s.idle++; s.idle >= idleWindows {
			freed = true
		}
		s.old, s.current = s.current, nil
	}
	if t.old.to != 0 {
		t.closed = append(t.closed, closedWindow{t.old, rows})
	}
	if freed {
		t.free()
	}
	t.old, t.current = t.current, window{}
}

// free drops the series that were idle for too long, with every way to reach them and their spare cells.
func (t *table) free() {
	idle := func(s *series) bool { return s.idle >= idleWindows }
	t.live = slices.DeleteFunc(t.live, idle)
	for key, s := range t.series {
		if idle(s) {
			delete(t.series, key)
		}
	}
	for metric, s := range t.overflow {
		if idle(s) {
			delete(t.overflow, metric)
		}
	}
	clear(t.raw)
	for i, spare := range t.spare {
		keep := min(len(spare), t.maxSpare())
		t.spare[i] = slices.Clone(spare[:keep])
	}
}

// takeClosed hands over the windows that are ready to be written, oldest first.
func (t *table) takeClosed() []closedWindow {
	closed := t.closed
	t.closed = nil
	return closed
}

// takeCell and giveCells reuse cells, so a steady run allocates nothing. Two cells are kept for each live
// series; after a burst of series, free leaves the rest to the garbage collector.
func (t *table) takeCell(kind metrics.MetricType) *cell {
	spare := &t.spare[pool(kind)]
	last := len(*spare) - 1
	if last < 0 {
		return newCell(kind)
	}
	c := (*spare)[last]
	*spare = (*spare)[:last]
	return c
}

func (t *table) giveCells(rows []row) {
	for _, r := range rows {
		spare := &t.spare[pool(r.series.kind)]
		if len(*spare) < t.maxSpare() {
			r.cell.reset()
			*spare = append(*spare, r.cell)
		}
	}
}

func (t *table) maxSpare() int { return 2 * len(t.live) }

func pool(kind metrics.MetricType) int {
	if kind == metrics.Trend {
		return 1
	}
	return 0
}
