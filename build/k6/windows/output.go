// Package windows is the k6 output `windows`: it folds samples into HDR histograms, one for each series
// and window of time, and writes every closed window as a line of JSON.
//
//	k6 run --out windows=PATH[?tags=a,b&series=N&period=1s] script.js
//
// Memory is flat in the number of samples and bounded by the number of live series. Windows merge by
// adding: over time, over tags, over machines.
package windows

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/errext"
	"go.k6.io/k6/v2/errext/exitcodes"
	"go.k6.io/k6/v2/metrics"
	"go.k6.io/k6/v2/output"
)

// ExitSinkFailed is the exit code of k6 when windows could not be written: the first one after k6's own.
const ExitSinkFailed exitcodes.ExitCode = 111

func init() {
	output.RegisterExtension("windows", func(p output.Params) (output.Output, error) {
		o, err := newOutput(p)
		if err == nil {
			err = o.open()
		}
		return o, errext.WithExitCodeIfNone(err, exitcodes.InvalidConfig)
	})
}

// Output is one `--out windows=`. k6 hands it batches of samples from one goroutine; a second goroutine
// encodes closed windows, and a third writes them.
type Output struct {
	options
	logger logrus.FieldLogger
	stop   func(error) // ends the test run

	now  func() time.Time
	exit func(int) // os.Exit

	file   *os.File
	start  time.Time
	sink   *sink
	ended  chan struct{}  // closed to end the encoding goroutine
	idle   sync.WaitGroup // that goroutine
	encode *encoder

	mu     sync.Mutex // guards what follows
	table  *table
	failed bool // windows go nowhere
}

// k6 looks for these at run time.
var (
	_ output.WithTestRunStop       = (*Output)(nil)
	_ output.WithStopWithTestError = (*Output)(nil)
)

func newOutput(p output.Params) (*Output, error) {
	o, err := parseOptions(p.ConfigArgument)
	if err != nil {
		return nil, err
	}
	return &Output{
		options: o,
		logger:  p.Logger.WithField("output", "windows"),
		stop:    func(error) {},
		now:     time.Now,
		exit:    os.Exit,
		ended:   make(chan struct{}),
		encode:  newEncoder(),
	}, nil
}

// Description is what k6 shows at the start of a run.
func (o *Output) Description() string {
	return fmt.Sprintf("windows (%s, every %s)", o.path, text(o.period))
}

// SetTestRunStopCallback takes the function that ends the test run with an error.
func (o *Output) SetTestRunStopCallback(stop func(error)) { o.stop = stop }

// open opens the file, before k6 sets anything up: an error of Start would come with a failed summary.
func (o *Output) open() (err error) {
	o.file, err = openFile(o.path)
	return err
}

// Start opens the first window.
func (o *Output) Start() error {
	o.begin(newSink(o.path, o.file, patience, o.endRun))
	o.idle.Go(o.encodeEveryPeriod)
	return nil
}

// begin opens the first window.
func (o *Output) begin(s *sink) {
	o.sink = s
	o.start = o.now()
	o.table = newTable(o.options, o.start.UnixNano())
}

// AddMetricSamples folds a batch of samples. It waits for nothing but the lock, which is held while a batch
// is folded or windows are shifted, never while anything is encoded or written.
func (o *Output) AddMetricSamples(batch []metrics.SampleContainer) {
	now := o.now()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed {
		return
	}
	o.table.advance(o.unix(now))
	for _, container := range batch {
		if single, ok := container.(metrics.Sample); ok { // its GetSamples allocates
			o.table.fold(single.TimeSeries, single.Value, o.unix(single.Time))
			continue
		}
		samples := container.GetSamples()
		for i := range samples {
			o.table.fold(samples[i].TimeSeries, samples[i].Value, o.unix(samples[i].Time))
		}
	}
}

// unix is t in Unix nanoseconds, counted from the start by the monotonic clock where t has one: a wall clock
// that is set during the run moves no sample to another window.
func (o *Output) unix(t time.Time) int64 {
	return o.start.UnixNano() + int64(t.Sub(o.start))
}

// encodeEveryPeriod writes windows as they close, at each multiple of the period.
func (o *Output) encodeEveryPeriod() {
	for {
		now := o.unix(o.now())
		timer := time.NewTimer(time.Duration(nextMultiple(now, o.period) - now))
		select {
		case <-timer.C:
			if o.flush(o.now(), (*table).advance) != nil {
				return // the sink has ended the run
			}
		case <-o.ended:
			timer.Stop()
			return
		}
	}
}

// flush moves the windows on to `now` by `move`, and sends the closed ones. After an error there is nobody to
// fold for, so samples are no longer taken.
func (o *Output) flush(now time.Time, move func(*table, int64)) error {
	o.mu.Lock()
	move(o.table, o.unix(now))
	closed := o.table.takeClosed()
	o.mu.Unlock()

	for _, w := range closed {
		err := o.sink.send(o.encode.append(nil, w))
		o.mu.Lock()
		o.table.giveCells(w.rows)
		o.failed = err != nil
		o.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// endRun ends the test run because windows cannot be written any more.
func (o *Output) endRun(err error) {
	err = fmt.Errorf("windows output: %w", err)
	o.stop(errext.WithAbortReasonIfNone(errext.WithExitCodeIfNone(err, ExitSinkFailed), errext.AbortedByOutput))
}

// Stop ends a run without an error of its own.
func (o *Output) Stop() error { return o.StopWithTestError(nil) }

// StopWithTestError writes the windows still open, the last one up to now, and closes the file.
//
// An error found here comes too late to fail the run through k6, which would log it and exit with 0. So if
// the run would pass although its windows are not whole, this ends the process.
func (o *Output) StopWithTestError(testRunErr error) error {
	close(o.ended)
	o.idle.Wait()
	_ = o.flush(o.now(), (*table).end) // the sink keeps its error
	if err := o.sink.close(); err != nil && testRunErr == nil {
		o.logger.Error("the run is void: its windows are not whole")
		o.exit(int(ExitSinkFailed))
	}
	return nil // endRun has told k6
}
