package lab

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"assay/harness/collect"
)

// budget is what one job may take of a handset: so many bytes of print-outs, and,
// apart from them, of the log, so that a busy log costs no dump after the steps. The
// log is read beside all the rest.
type budget struct {
	most   int64        // bytes of print-outs, in all
	mostOf int64        // bytes of the log, of all readers together
	taken  atomic.Int64 // of print-outs
	logged atomic.Int64
}

func (l Limits) budget() *budget {
	return &budget{most: cmp.Or(l.Job, 512<<20), mostOf: 2 * l.log()}
}

func (l Limits) log() int64 { return cmp.Or(l.Log, 1<<30) }

// Spent says why the job takes no more print-outs.
func (h *handset) Spent() string {
	if h.budget == nil || h.budget.taken.Load() < h.budget.most {
		return ""
	}
	return fmt.Sprintf(
		"not asked: the print-outs of this job have %d bytes, the most of one job; --job-limit raises it",
		h.budget.taken.Load(),
	)
}

// within runs a call within its own limit and what the job has left, and counts
// what it prints. The error of one that is cut off says which limit that was.
func (h *handset) within(call collect.Call, run func(collect.Call) collect.Result) collect.Result {
	own, raise := h.limits.output(call.Limit), "--capture-limit raises it"
	if call.Limit == 0 {
		own, raise = h.limits.log(), "--log-limit raises it"
	}
	if h.budget == nil {
		call.Limit = own
		return run(call)
	}
	count, most := &h.budget.taken, h.budget.most
	if call.Limit == 0 {
		count, most = &h.budget.logged, h.budget.mostOf
	}
	left := most - count.Load()
	if call.Limit > 0 && left < own {
		raise = "the most of one job is taken with it: --job-limit raises it"
	}
	if left <= 0 {
		return collect.Result{Err: fmt.Errorf("nothing more is taken of this job: %s", raise), Cut: true}
	}
	call.Limit, call.Stdout = min(own, left), &counted{call.Stdout, count}
	r := run(call)
	if r.Cut {
		r.Err = fmt.Errorf("%w; %s", r.Err, raise)
	}
	return r
}

// LogSpent says whether the log of a job has all that it may have.
func (h *handset) LogSpent() bool {
	return h.budget != nil && h.budget.logged.Load() >= h.budget.mostOf
}

// counted counts what is written.
type counted struct {
	to    io.Writer
	count *atomic.Int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.count.Add(int64(n))
	return n, err
}

// Run runs a command for a collector, and again where the adb server died meanwhile.
func (h *handset) Run(ctx context.Context, call collect.Call) collect.Result {
	limit := h.limits.capture(call.Total)
	var r collect.Result
	err := h.despite(ctx, call.Again != nil, func() error {
		r = h.runWithin(ctx, limit, limit, call)
		return r.Err
	}, call.Again)
	if r.Err == nil {
		r.Err = err
	}
	return r
}
