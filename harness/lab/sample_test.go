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
		came []collect.Result
		want evidence.State
		says string
	}{
		"none asked for":  {nil, evidence.NotRun, "no sample was taken"},
		"refused":         {[]collect.Result{denied, denied}, evidence.Denied, "exit 1: cat: /proc/net/tcp: Permission denied"},
		"too slow":        {[]collect.Result{slow, slow}, evidence.TimedOut, "no answer within 10s"},
		"too much":        {[]collect.Result{{Cut: true, Err: errors.New("more than 16 MiB")}}, evidence.Truncated, "more than 16 MiB"},
		"one that came":   {[]collect.Result{slow, {Exit: &zero}}, evidence.Whole, "2 samples"},
		"refused at last": {[]collect.Result{slow, denied}, evidence.Denied, "exit 1: cat: /proc/net/tcp: Permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			bundle, err := evidence.Create(filepath.Join(t.TempDir(), "bundle"), evidence.Head{})
			require.NoError(t, err)
			s := &samples{}
			s.rec, err = bundle.Begin(evidence.Capture{Source: "proc-net", Phase: evidence.During})
			require.NoError(t, err)
			for _, r := range c.came {
				require.NoError(t, s.enter(time.Now(), r))
			}
			require.NoError(t, s.close())
			m, err := bundle.Seal(evidence.Outcome{State: evidence.Finished})
			require.NoError(t, err)
			assert.Equal(t, c.want, m.Captures[0].Coverage.State)
			assert.Equal(t, c.says, m.Captures[0].Coverage.Reason)
		})
	}
}
