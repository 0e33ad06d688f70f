package windows

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/metrics"
	"go.k6.io/k6/v2/output"
)

// memory is a file that keeps what is written to it.
type memory struct {
	bytes.Buffer
	closed bool
}

func (m *memory) Close() error { m.closed = true; return nil }

// A trial is an output on a clock of the test's own, with all that k6 would bring.
type trial struct {
	*testing.T
	*Output
	registry *metrics.Registry
	file     *memory
	clock    time.Time
	stopped  chan error // what the run was ended with
	exits    []int      // what the process would have exited with
}

// t0 is no multiple of a second, so that the first window is short.
var t0 = time.Date(2026, 11, 21, 10, 0, 0, 250e6, time.UTC)

func newTrial(t *testing.T, query string) *trial {
	t.Helper()
	tr := prepare(t, "x.ndjson"+query)
	tr.begin(newSink("x.ndjson", tr.file, patience, tr.endRun))
	return tr
}

// prepare makes an output that has not begun.
func prepare(t *testing.T, argument string) *trial {
	t.Helper()
	logger := logrus.New()
	logger.SetOutput(t.Output())
	o, err := newOutput(output.Params{ConfigArgument: argument, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	tr := &trial{T: t, Output: o, registry: metrics.NewRegistry(), file: &memory{}, clock: t0, stopped: make(chan error, 9)}
	o.now = func() time.Time { return tr.clock }
	o.exit = func(code int) { tr.exits = append(tr.exits, code) }
	o.SetTestRunStopCallback(func(err error) { tr.stopped <- err })
	return tr
}

// openAndStart starts the output as k6 does.
func (tr *trial) openAndStart() {
	tr.Helper()
	if err := errors.Join(tr.open(), tr.Start()); err != nil {
		tr.Fatal(err)
	}
}

// tags makes a tag set of names and values in turn.
func (tr *trial) tags(pairs ...string) *metrics.TagSet {
	set := tr.registry.RootTagSet()
	for i := 0; i < len(pairs); i += 2 {
		set = set.With(pairs[i], pairs[i+1])
	}
	return set
}

func (tr *trial) metric(name string, kind metrics.MetricType, contains metrics.ValueType) *metrics.Metric {
	tr.Helper()
	m, err := tr.registry.NewMetric(name, kind, contains)
	if err != nil {
		tr.Fatal(err)
	}
	return m
}

// add hands over one sample taken `at` after t0. It is delivered at the trial's clock.
func (tr *trial) add(at time.Duration, m *metrics.Metric, value float64, pairs ...string) {
	tr.AddMetricSamples([]metrics.SampleContainer{metrics.Sample{
		TimeSeries: metrics.TimeSeries{Metric: m, Tags: tr.tags(pairs...)}, Time: t0.Add(at), Value: value,
	}})
}

// tick sets the clock to `at` after t0, where the output writes what has closed.
func (tr *trial) tick(at time.Duration) {
	tr.Helper()
	tr.clock = t0.Add(at)
	if err := tr.flush(tr.clock, (*table).advance); err != nil {
		tr.Fatal(err)
	}
}

// end stops the output `at` after t0 and reads what it wrote.
func (tr *trial) end(at time.Duration) []lineJSON {
	tr.Helper()
	tr.clock = t0.Add(at)
	if err := tr.Stop(); err != nil {
		tr.Fatal(err)
	}
	if !tr.file.closed {
		tr.Fatal("the file was not closed")
	}
	return readLines(tr.T, tr.file.String())
}

// lineJSON and seriesJSON are the format as a reader sees it.
type lineJSON struct {
	V        int          `json:"v"`
	From     time.Time    `json:"from"`
	Ms       int64        `json:"ms"`
	Late     *int64       `json:"late"`
	Overflow *int64       `json:"overflow"`
	Clamped  int64        `json:"clamped"`
	Series   []seriesJSON `json:"series"`
}

type seriesJSON struct {
	Metric string            `json:"metric"`
	Type   string            `json:"type"`
	Unit   string            `json:"unit"`
	Tags   map[string]string `json:"tags"`
	Value  float64           `json:"value"`
	N      int64             `json:"n"`
	Sum    float64           `json:"sum"`
	Min    float64           `json:"min"`
	Max    float64           `json:"max"`
	Yes    int64             `json:"yes"`
	No     int64             `json:"no"`
	Hdr    string            `json:"hdr"`
}

// readLines reads windows and holds them to what is true of every file: one window follows another without a
// gap, and the counts that readers rely on are there.
func readLines(t *testing.T, text string) (lines []lineJSON) {
	t.Helper()
	if text != "" && !strings.HasSuffix(text, "}\n") {
		t.Fatalf("the last line is not whole: %q", text)
	}
	for one := range strings.Lines(text) {
		var l lineJSON
		decoder := json.NewDecoder(strings.NewReader(one))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&l); err != nil {
			t.Fatalf("%v in %s", err, one)
		}
		if l.V != 1 || l.Late == nil || l.Overflow == nil || l.Series == nil {
			t.Fatalf("v, late, overflow or series is missing in %s", one)
		}
		if n := len(lines); n > 0 && !lines[n-1].to().Equal(l.From) {
			t.Fatalf("a window from %s follows one to %s", l.From, lines[n-1].to())
		}
		lines = append(lines, l)
	}
	return lines
}

func (l lineJSON) to() time.Time { return l.From.Add(time.Duration(l.Ms) * time.Millisecond) }

// only returns the one series of a line.
func (l lineJSON) only(t *testing.T) seriesJSON {
	t.Helper()
	if len(l.Series) != 1 {
		t.Fatalf("%d series, want 1: %+v", len(l.Series), l.Series)
	}
	return l.Series[0]
}

// counts reads the histogram with the library.
func (s seriesJSON) counts(t *testing.T) map[int64]int64 {
	t.Helper()
	h, err := hdrhistogram.DecodePacked([]byte(s.Hdr))
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]int64{}
	for value, count := range h.ForEachBucket {
		out[value] = count
	}
	return out
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
