package windows

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// A reader may be this far behind before the run is ended for want of a reader. It is long enough for a
	// pause of a busy process and short enough to notice.
	patience = 10 * time.Second

	// Lines waiting for the reader; at the shortest period, as many as patience allows.
	maxQueued = int(patience / minPeriod)
)

// A line is one encoded window and when it was ready.
type line struct {
	text  []byte
	since time.Time
}

// A sink writes lines in order from a goroutine of its own, so a slow reader never holds up a sample. It
// fails once: with the first write error, or when a line finds no reader within its patience. A write
// that hangs is left behind; nothing waits for it.
type sink struct {
	name     string
	patience time.Duration
	queue    chan line
	done     chan struct{} // closed when all is written, or on failure
	once     sync.Once
	err      error // of the failure; read after done is closed
	onFail   func(error)
}

// openFile opens the file at path, or takes over an inherited descriptor when path is /dev/fd/N. A
// descriptor is used directly: Node passes a socket, which cannot be opened a second time by its path.
func openFile(path string) (*os.File, error) {
	number, inherited := strings.CutPrefix(path, "/dev/fd/")
	if !inherited {
		return os.Create(path)
	}
	fd, err := strconv.Atoi(number)
	if err != nil || fd < 3 {
		return nil, fmt.Errorf("%s: give a descriptor from 3 on; 0, 1 and 2 belong to k6 itself", path)
	}
	file := os.NewFile(uintptr(fd), path)
	// Descriptors that k6 opened for itself are there too, but cannot be written to; writing no bytes
	// tells.
	if _, err := file.Write(nil); err != nil {
		return nil, fmt.Errorf("%s: no such descriptor was passed to k6", path)
	}
	return file, nil
}

// newSink writes to w, calls onFail at most once, and closes w in the end.
func newSink(name string, w io.WriteCloser, patience time.Duration, onFail func(error)) *sink {
	s := &sink{
		name:     name,
		patience: patience,
		queue:    make(chan line, maxQueued),
		done:     make(chan struct{}),
		onFail:   onFail,
	}
	go s.run(w)
	return s
}

// send queues a line and takes over its text. It waits for room only while the sink makes progress, and
// returns the error of a failed sink.
func (s *sink) send(text []byte) error {
	if s.finished() {
		return s.err
	}
	select {
	case s.queue <- line{text, time.Now()}:
		return nil
	case <-s.done:
		return s.err
	}
}

// close writes what is queued and closes the file. It returns the error of a failed sink. No send may follow.
func (s *sink) close() error {
	close(s.queue)
	<-s.done
	return s.err
}

func (s *sink) run(w io.WriteCloser) {
	for l := range s.queue {
		overdue := time.AfterFunc(s.patience-time.Since(l.since), func() {
			s.finish(fmt.Errorf("nobody read from %s for %s", s.name, s.patience))
		})
		_, err := w.Write(l.text)
		overdue.Stop()
		if err != nil {
			s.finish(explain(s.name, err))
		}
		if s.finished() { // by this error or by the timer
			_ = w.Close()
			return
		}
	}
	s.finish(explain(s.name, w.Close()))
}

// finish settles, once, how the sink ended. Whoever waits for done finds that a failure has been told.
func (s *sink) finish(err error) {
	s.once.Do(func() {
		s.err = err
		if err != nil {
			s.onFail(err)
		}
		close(s.done)
	})
}

func (s *sink) finished() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// explain says what a failed write means for the user.
func explain(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
		return fmt.Errorf("the reader of %s went away: %w", name, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("no space left for %s: %w", name, err)
	default:
		return fmt.Errorf("cannot write to %s: %w", name, err)
	}
}
