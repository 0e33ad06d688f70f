package windows

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.k6.io/k6/v2/errext"
	"go.k6.io/k6/v2/metrics"
)

// broken fails every write with err.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }
func (b broken) Close() error              { return nil }

// stuck takes nothing until it is released.
type stuck struct{ release chan struct{} }

func (s stuck) Write(p []byte) (int, error) { <-s.release; return len(p), nil }
func (s stuck) Close() error                { return nil }

func TestAFailedWriteEndsTheRunWithItsReason(t *testing.T) {
	for _, c := range []struct {
		err  error
		says string
	}{
		{&os.PathError{Op: "write", Path: "x", Err: syscall.EPIPE}, "windows output: the reader of x.ndjson went away"},
		{&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, "windows output: no space left for x.ndjson"},
		{errors.New("odd"), "windows output: cannot write to x.ndjson: odd"},
	} {
		tr := prepare(t, "x.ndjson")
		tr.begin(newSink("x.ndjson", broken{c.err}, patience, tr.endRun))
		_ = tr.flush(t0.Add(3*time.Second), (*table).advance)
		err := <-tr.stopped
		if !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%q does not start with %q", err, c.says)
		}
		var coded errext.HasExitCode
		if !errors.As(err, &coded) || coded.ExitCode() != ExitSinkFailed {
			t.Errorf("no exit code %d in %v", ExitSinkFailed, err)
		}
		equal(t, "stopping again", tr.StopWithTestError(err), nil)
		equal(t, "exits of our own", len(tr.exits), 0)
		equal(t, "further stops", len(tr.stopped), 0)
	}
}

func TestAFailureOfTheLastWindowEndsTheProcessUnlessTheRunHasFailed(t *testing.T) {
	for _, c := range []struct {
		runErr error
		exits  string
	}{{nil, "[111]"}, {errors.New("thresholds"), "[]"}} {
		tr := prepare(t, "x.ndjson")
		tr.begin(newSink("x.ndjson", broken{syscall.ENOSPC}, patience, tr.endRun))
		_ = tr.StopWithTestError(c.runErr)
		equal(t, "exits", fmt.Sprint(tr.exits), c.exits)
	}
}

func TestAFailedSinkTakesNoMoreSamples(t *testing.T) {
	tr := prepare(t, "x.ndjson")
	tr.begin(newSink("x.ndjson", broken{syscall.EPIPE}, patience, tr.endRun))
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	_ = tr.flush(t0.Add(3*time.Second), (*table).advance)
	<-tr.stopped
	tr.clock = t0.Add(4 * time.Second)
	if err := tr.flush(tr.clock, (*table).advance); !errors.Is(err, syscall.EPIPE) {
		t.Fatalf("got %v, want a broken pipe", err)
	}
	tr.clock = t0.Add(time.Hour)
	tr.add(time.Hour, hits, 1)
	equal(t, "windows held for nobody", len(tr.table.closed), 0)
	_ = tr.StopWithTestError(errors.New("ended"))
}

// failing takes its time, then fails, and counts how often it was asked.
type failing struct {
	release, closed chan struct{}
	writes          int
}

func (f *failing) Write([]byte) (int, error) { <-f.release; f.writes++; return 0, syscall.EPIPE }
func (f *failing) Close() error              { close(f.closed); return nil }

func TestNothingIsWrittenAfterAFailedWrite(t *testing.T) {
	file := &failing{release: make(chan struct{}), closed: make(chan struct{})}
	s := newSink("x", file, patience, func(error) {})
	for range 3 {
		if err := s.send([]byte("{}\n")); err != nil {
			t.Fatal(err)
		}
	}
	close(file.release)
	<-file.closed
	equal(t, "writes", file.writes, 1)
	if err := s.send([]byte("{}\n")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("sending to a failed sink gives %v", err)
	}
}

func TestAReaderThatStopsReadingEndsTheRun(t *testing.T) {
	file := stuck{make(chan struct{})}
	defer close(file.release)
	tr := prepare(t, "x.ndjson")
	tr.begin(newSink("x.ndjson", file, time.Millisecond, tr.endRun))
	_ = tr.flush(t0.Add(3*time.Second), (*table).advance)
	err := <-tr.stopped
	equal(t, "error", err.Error(), "windows output: nobody read from x.ndjson for 1ms")
	_ = tr.StopWithTestError(err) // and waits for nobody
}

func TestTheQueueIsBoundedAndAFullOneGivesUpWithItsReader(t *testing.T) {
	file := stuck{make(chan struct{})}
	defer close(file.release)
	tr := prepare(t, "x.ndjson")
	tr.begin(newSink("x.ndjson", file, 50*time.Millisecond, tr.endRun))
	tr.clock = t0.Add(time.Duration(10*maxQueued) * time.Second)
	if err := tr.flush(tr.clock, (*table).advance); err == nil {
		t.Error("ten times as many windows as fit were taken")
	}
	equal(t, "queued", len(tr.sink.queue), maxQueued)
	_ = tr.StopWithTestError(<-tr.stopped)
}

func TestAnInheritedDescriptorIsUsedAsItIs(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(w.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	tr := prepare(t, fmt.Sprintf("/dev/fd/%d?period=100ms", fd))
	tr.now = time.Now
	tr.openAndStart()
	var text bytes.Buffer
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(&text, r) })
	tr.AddMetricSamples([]metrics.SampleContainer{metrics.Sample{
		TimeSeries: metrics.TimeSeries{Metric: tr.metric("hits", metrics.Counter, metrics.Default), Tags: tr.tags()},
		Time:       time.Now(), Value: 7,
	}})
	if err := tr.Stop(); err != nil {
		t.Fatal(err)
	}
	reading.Wait() // to the end of file: the descriptor was closed
	total := 0.0
	for _, l := range readLines(t, text.String()) {
		for _, s := range l.Series {
			total += s.Value
		}
	}
	equal(t, "hits", total, 7)
}

func TestAPathThatCannotBeWrittenRefusesTheRun(t *testing.T) {
	dir := t.TempDir()
	for path, says := range map[string]string{
		dir:                           "is a directory",
		filepath.Join(dir, "no", "x"): "no such file or directory",
		"/dev/fd/1":                   "give a descriptor from 3 on",
		"/dev/fd/x":                   "give a descriptor from 3 on",
		"/dev/fd/9999":                "no such descriptor was passed",
	} {
		err := prepare(t, path).open()
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v does not say %q in one line", path, err, says)
		}
	}
}

func TestAFileIsTruncated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.ndjson")
	if err := os.WriteFile(path, bytes.Repeat([]byte("old\n"), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tr := prepare(t, path)
	tr.begin(newSink(path, file, patience, tr.endRun))
	tr.clock = t0.Add(500 * time.Millisecond)
	if err := tr.Stop(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "text", string(text),
		`{"v":1,"from":"2026-11-21T10:00:00.250Z","ms":500,"late":0,"overflow":0,"series":[]}`+"\n")
}

func TestAFullDiskEndsTheRun(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	tr := prepare(t, "/dev/full")
	tr.openAndStart()
	_ = tr.StopWithTestError(nil)
	equal(t, "exits", fmt.Sprint(tr.exits), "[111]")
	if err := <-tr.stopped; !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v is not about space", err)
	}
}

func TestManyGoroutinesMayAddAtOnceWhileWindowsClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.ndjson")
	tr := prepare(t, path+"?period=100ms")
	tr.now = time.Now
	tr.openAndStart()
	hits := tr.metric("hits", metrics.Counter, metrics.Default)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20_000 {
				tr.AddMetricSamples([]metrics.SampleContainer{metrics.Sample{
					TimeSeries: metrics.TimeSeries{Metric: hits, Tags: tr.tags()}, Time: time.Now(), Value: 1,
				}})
			}
		})
	}
	all.Wait()
	if err := tr.Stop(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, l := range readLines(t, string(text)) {
		for _, s := range l.Series {
			total += s.Value
		}
	}
	equal(t, "hits", total, 160_000)
}
