package windows

import (
	"errors"
	"fmt"
	"math"
	"math/rand"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/metrics"
	"go.k6.io/k6/v2/output"
)

// httpSamples are n samples as k6 makes them for HTTP requests: ten for each request in one container, in 7
// trends, 2 counters and a rate, under 8 names and 3 statuses, with a tag or two that fold away.
func httpSamples(tr *trial, n int) []metrics.SampleContainer {
	r := rand.New(rand.NewSource(1))
	var kinds []*metrics.Metric
	for i := range 7 {
		kinds = append(kinds, tr.metric(fmt.Sprintf("http_req_%d", i), metrics.Trend, metrics.Time))
	}
	kinds = append(kinds,
		tr.metric("http_reqs", metrics.Counter, metrics.Default),
		tr.metric("data_sent", metrics.Counter, metrics.Data),
		tr.metric("http_req_failed", metrics.Rate, metrics.Default))

	var batch []metrics.SampleContainer
	for range n / len(kinds) {
		tags := tr.tags("method", "POST", "name", fmt.Sprintf("call%d", r.Intn(8)), "proto", "HTTP/1.1",
			"scenario", "main", "status", []string{"200", "200", "200", "201", "503"}[r.Intn(5)])
		samples := make([]metrics.Sample, len(kinds))
		for i, m := range kinds {
			samples[i] = metrics.Sample{
				TimeSeries: metrics.TimeSeries{Metric: m, Tags: tags}, Time: t0,
				Value: 2 * math.Exp(r.NormFloat64()/2), // log-normal, median 2 ms
			}
		}
		batch = append(batch, metrics.ConnectedSamples{Samples: samples, Tags: tags, Time: t0})
	}
	return batch
}

// BenchmarkSample is the cost of one sample once its series exists, in batches of 5,000 as k6 delivers them
// 20 times a second at 100,000 samples a second.
func BenchmarkSample(b *testing.B) {
	const batchSize = 5000
	tr := newTrial(&testing.T{}, "")
	batch := httpSamples(tr, batchSize)
	tr.AddMetricSamples(batch)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += batchSize {
		tr.AddMetricSamples(batch[:min(batchSize, b.N-n+9)/10])
	}
}

// BenchmarkPaced runs the output as k6 does, goroutines, encoding, writing and garbage collection included,
// at 100,000 samples a second for one second an iteration, and reports how much of a core that took.
func BenchmarkPaced(b *testing.B) {
	const perSecond, batches = 100_000, 20
	logger := logrus.New()
	o, err := newOutput(output.Params{ConfigArgument: os.DevNull, Logger: logger})
	if err != nil {
		b.Fatal(err)
	}
	tr := &trial{T: &testing.T{}, registry: metrics.NewRegistry()}
	batch := httpSamples(tr, perSecond/batches)
	if err := errors.Join(o.open(), o.Start()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	start, before := time.Now(), cpuTime(b)
	for i := range b.N * batches {
		time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / batches)))
		stamp(batch, time.Now())
		o.AddMetricSamples(batch)
	}
	if err := o.Stop(); err != nil {
		b.Fatal(err)
	}
	spent, took := cpuTime(b)-before, time.Since(start)
	b.ReportMetric(100*spent.Seconds()/took.Seconds(), "%core")
	b.ReportMetric(float64(b.N*perSecond)/took.Seconds(), "samples/s")
}

// stamp sets the time of every sample.
func stamp(batch []metrics.SampleContainer, at time.Time) {
	for _, container := range batch {
		samples := container.GetSamples()
		for i := range samples {
			samples[i].Time = at
		}
	}
}

// cpuTime is the user and system time of this process.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
