package logstream_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/lab/logstream"
)

const entries = "11-02 08:00:00.000  1000  1000 I tag: first\n11-02 08:00:01.000  1000  1000 I tag: second\n"

// printed is a handset whose log has two entries, and grows no more.
type printed struct{}

func (printed) Run(ctx context.Context, c collect.Call) collect.Result {
	if c.Total == collect.Forever { // the log itself; the rest asks how much of it there is
		io.WriteString(c.Stdout, entries)
		<-ctx.Done()
		return collect.Result{Err: ctx.Err()}
	}
	return collect.Result{Exit: new(int)}
}

func (printed) Shell(context.Context, ...string) (string, error) {
	return "11-02 08:00:01.000  1000  1000 I tag: second\n", nil
}

func (p printed) ClockAnd(ctx context.Context, argv ...string) (*evidence.Clock, string, error) {
	out, err := p.Shell(ctx, argv...)
	return nil, out, err
}

func (printed) Clock(context.Context) (*evidence.Clock, error) { return nil, nil }
func (printed) LogSpent() bool                                 { return false }
func (printed) SDK() int                                       { return 22 }

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	bundle, err := evidence.Create(filepath.Join(dir, "bundle"), evidence.Head{})
	if err != nil {
		panic(err)
	}
	log := slices.IndexFunc(collect.All, func(c collect.Collector) bool { return c.Name == "logcat" })
	ctx := context.Background()
	s, err := logstream.Open(ctx, printed{}, logstream.Options{To: bundle, Collector: collect.All[log], Settle: time.Second})
	if err != nil {
		panic(err)
	}
	_, at, err := s.Mark(ctx) // after a step
	if err != nil {
		panic(err)
	}
	capture, err := s.Close(ctx, true)
	if err != nil {
		panic(err)
	}
	fmt.Printf("the step ended at byte %d; the log is %s\n", at, capture.Coverage.State)
	// Output: the step ended at byte 89; the log is whole
}
