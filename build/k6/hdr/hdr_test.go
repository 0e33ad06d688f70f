package hdr

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"io"
	"math"
	"math/rand"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// counts lists the buckets of a histogram, lowest value first.
func counts(h *hdrhistogram.PackedHistogram) (out [][2]int64) {
	for value, count := range h.ForEachBucket {
		out = append(out, [2]int64{value, count})
	}
	return out
}

func randomHistogram(r *rand.Rand) *hdrhistogram.PackedHistogram {
	h := New()
	spread := r.Intn(53)
	for range 1 + r.Intn(3000) {
		_ = h.RecordValues(r.Int63n(1<<spread|1), 1+r.Int63n(1<<r.Intn(30)))
	}
	return h
}

func TestTheLibraryReadsExactlyTheCountsWeWrote(t *testing.T) {
	e := NewEncoder()
	for seed := range int64(200) {
		h := randomHistogram(rand.New(rand.NewSource(seed)))
		back, err := hdrhistogram.DecodePacked(e.Append(nil, h))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want, got := counts(h), counts(back)
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d buckets, want %d", seed, len(got), len(want))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("seed %d: bucket %d is %v, want %v", seed, i, got[i], want[i])
			}
		}
	}
}

func TestBytesAreThoseOfTheLibrary(t *testing.T) {
	for _, top := range []int64{0, 1, 2047, 2048, 4095, 123_456, 1 << 40, Highest} {
		narrow := hdrhistogram.New(lowest, int64(1)<<len64(top)-1, significantDigits)
		h := New()
		for _, v := range []int64{0, 1, 2, 5, 900, 2046, top / 3, top} {
			if v > top {
				continue
			}
			if err := narrow.RecordValue(v); err != nil {
				t.Fatal(err)
			}
			_ = h.RecordValue(v)
		}
		theirs, err := narrow.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
		if err != nil {
			t.Fatal(err)
		}
		if want, got := inflate(t, theirs), inflate(t, NewEncoder().Append(nil, h)); !bytes.Equal(got, want) {
			t.Errorf("top %d:\n got %x\nwant %x", top, got, want)
		}
	}
}

// len64 is the number of bits of the smallest range of ours that holds v.
func len64(v int64) (n int) {
	for n = subBucketBits; v>>n > 0; n++ {
	}
	return n
}

func inflate(t *testing.T, text []byte) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(raw[8:]))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		value   float64
		units   int64
		clamped bool
	}{
		{0, 0, false},
		{1.2345, 1235, false},
		{0.0004, 0, false},
		{-0.0004, 0, false},
		{-1, 0, true},
		{9e12, 9e15, false},
		{1e300, Highest, true},
		{math.Inf(1), Highest, true},
		{math.Inf(-1), 0, true},
		{math.NaN(), 0, true},
	} {
		if units, clamped := Units(c.value); units != c.units || clamped != c.clamped {
			t.Errorf("Units(%g) = %d, %t; want %d, %t", c.value, units, clamped, c.units, c.clamped)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	for name, samples := range map[string]int{"100": 100, "10000": 10_000} {
		r := rand.New(rand.NewSource(1))
		h := New()
		for range samples {
			_ = h.RecordValue(int64(2000 * math.Exp(r.NormFloat64()/2)))
		}
		e := NewEncoder()
		b.Run("ours/"+name, func(b *testing.B) {
			b.ReportAllocs()
			var text []byte
			for b.Loop() {
				text = e.Append(text[:0], h)
			}
			b.ReportMetric(float64(len(text)), "bytes")
		})
		b.Run("library/"+name, func(b *testing.B) {
			b.ReportAllocs()
			var text []byte
			for b.Loop() {
				text, _ = h.Encode()
			}
			b.ReportMetric(float64(len(text)), "bytes")
		})
	}
}
