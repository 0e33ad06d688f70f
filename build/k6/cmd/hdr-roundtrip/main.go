// Command hdr-roundtrip lets a test in another language hold its HdrHistogram library against ours. It
// answers each line of JSON on stdin with one on stdout:
//
//	{"values":[1.5,20]}   {"hdr":"HISTFAAA...","clamped":0}      samples, recorded and encoded as the output does
//	{"hdr":"HISTFAAA..."} {"n":2,"counts":[[1500,1],[20000,1]]}  read by hdrhistogram-go; counts by lowest value
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/HdrHistogram/hdrhistogram-go"

	"plimsoll/build/k6/hdr"
)

type encoded struct {
	Hdr     string `json:"hdr"`
	Clamped int    `json:"clamped"`
}

type decoded struct {
	N      int64      `json:"n"`
	Counts [][2]int64 `json:"counts"`
}

func main() {
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "hdr-roundtrip:", err)
		os.Exit(1)
	}
}

func answer(in io.Reader, out io.Writer) error {
	buffered := bufio.NewWriter(out)
	reader, writer := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(buffered)
	encoder := hdr.NewEncoder()
	for {
		var question struct {
			Values []float64
			Hdr    string
		}
		if err := reader.Decode(&question); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var reply any
		var err error
		if question.Hdr != "" {
			reply, err = decode(question.Hdr)
		} else {
			reply, err = encode(encoder, question.Values)
		}
		if err != nil {
			return err
		}
		if err := errors.Join(writer.Encode(reply), buffered.Flush()); err != nil {
			return err
		}
	}
}

func encode(e *hdr.Encoder, values []float64) (encoded, error) {
	h, clamped := hdr.New(), 0
	for _, value := range values {
		units, outside := hdr.Units(value)
		if outside {
			clamped++
		}
		if err := h.RecordValue(units); err != nil {
			return encoded{}, err
		}
	}
	return encoded{string(e.Append(nil, h)), clamped}, nil
}

func decode(text string) (decoded, error) {
	h, err := hdrhistogram.DecodePacked([]byte(text))
	if err != nil {
		return decoded{}, err
	}
	d := decoded{h.TotalCount(), [][2]int64{}}
	for value, count := range h.ForEachBucket {
		d.Counts = append(d.Counts, [2]int64{value, count})
	}
	return d, nil
}
