package lab

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/collect"
	"assay/harness/evidence"
)

func TestSamplesNoneOfWhichCameSayWhatKeptThem(t *testing.T) {
	one, zero := 1, 0
	slow := collect.Result{Timeout: true, Err: errors.New("no answer within 10s")}
	denied := collect.Result{Exit: &one, Stderr: "cat: /proc/net/tcp: Permission denied"}
	for name, c := range map[string]struct {
		each int // looks of a call
		came []collect.Result
		gaps int
		want evidence.State
		says string
	}{
		"none asked for":   {1, nil, 0, evidence.NotRun, "no sample was taken"},
		"refused":          {1, []collect.Result{denied, denied}, 2, evidence.Denied, "exit 1: cat: /proc/net/tcp: Permission denied"},
		"too slow":         {1, []collect.Result{slow, slow}, 2, evidence.TimedOut, "no answer within 10s"},
		"too much":         {1, []collect.Result{{Cut: true, Err: errors.New("more than 16 MiB")}}, 1, evidence.Truncated, "more than 16 MiB"},
		"one that came":    {1, []collect.Result{slow, {Exit: &zero}}, 1, evidence.Whole, "2 samples"},
		"refused at last":  {1, []collect.Result{slow, denied}, 2, evidence.Denied, "exit 1: cat: /proc/net/tcp: Permission denied"},
		"the fifth slow":   {5, []collect.Result{slow}, 1, evidence.Whole, "5 samples"},
		"the third denied": {3, []collect.Result{{Exit: &zero}, denied}, 1, evidence.Whole, "6 samples"},
	} {
		t.Run(name, func(t *testing.T) {
			bundle, err := evidence.Create(filepath.Join(t.TempDir(), "bundle"), evidence.Head{})
			require.NoError(t, err)
			s := &samples{}
			s.rec, err = bundle.Begin(evidence.Capture{Source: "proc-net", Phase: evidence.During})
			require.NoError(t, err)
			for _, r := range c.came {
				require.NoError(t, s.enter(c.each, time.Now(), r))
			}
			require.NoError(t, s.close())
			m, err := bundle.Seal(evidence.Outcome{State: evidence.Finished})
			require.NoError(t, err)
			assert.Equal(t, c.want, m.Captures[0].Coverage.State)
			assert.Equal(t, c.says, m.Captures[0].Coverage.Reason)
			assert.Len(t, m.Captures[0].Coverage.Gaps, c.gaps)
		})
	}
}
