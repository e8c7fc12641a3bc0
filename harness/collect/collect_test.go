package collect_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/collect"
	"assay/harness/evidence"
)

// said is a handset that answers each call with the next of its answers.
type said struct {
	answers []answer
	calls   []collect.Call
}

type answer struct {
	out    string
	result collect.Result
}

func (s *said) Run(_ context.Context, call collect.Call) collect.Result {
	s.calls = append(s.calls, call)
	a := s.answers[0]
	s.answers = s.answers[1:]
	if _, err := io.WriteString(call.Stdout, a.out); err != nil {
		return collect.Result{Err: err}
	}
	return a.result
}

func exit(n int) *int { return &n }

func find(t *testing.T, name string) collect.Collector {
	t.Helper()
	at := slices.IndexFunc(collect.All, func(c collect.Collector) bool { return c.Name == name })
	require.GreaterOrEqual(t, at, 0, name)
	return collect.All[at]
}

func bundle(t *testing.T) *evidence.Bundle {
	t.Helper()
	b, err := evidence.Create(filepath.Join(t.TempDir(), "b"), evidence.Head{})
	require.NoError(t, err)
	t.Cleanup(func() { b.Abandon() })
	return b
}

type timeout struct{ error }

func (timeout) Timeout() bool { return true }

func TestTakeSaysHowMuchCame(t *testing.T) {
	t.Parallel()
	lost := errors.New("transport lost")
	for name, c := range map[string]struct {
		answer answer
		want   evidence.State
		err    error
	}{
		"all of it":                   {answer{"Current Battery Service state:\n  level: 80\n", collect.Result{Exit: exit(0)}}, evidence.Whole, nil},
		"nothing to say":              {answer{"", collect.Result{Exit: exit(0)}}, evidence.Empty, nil},
		"an error on stderr alone":    {answer{"", collect.Result{Exit: exit(0), Stderr: "Error dumping service info: (Unknown error) battery"}}, evidence.Empty, nil},
		"an error beside the text":    {answer{"Current Battery Service state:\n", collect.Result{Exit: exit(0), Stderr: "ERROR: could not get idle state.\n"}}, evidence.Truncated, nil},
		"the linker's warning":        {answer{"  level: 80\n", collect.Result{Exit: exit(0), Stderr: "WARNING: linker: libx.so: unused DT entry\n"}}, evidence.Whole, nil},
		"no exit status":              {answer{"  level: 80\n", collect.Result{}}, evidence.Truncated, nil},
		"a refusal, with exit 0":      {answer{"Permission Denial: can't dump battery from pid=1, uid=2000\n", collect.Result{Exit: exit(0)}}, evidence.Denied, nil},
		"a refusal on stderr":         {answer{"", collect.Result{Exit: exit(1), Stderr: "cat: x: Permission denied"}}, evidence.Denied, nil},
		"no such service":             {answer{"Can't find service: battery\n", collect.Result{Exit: exit(0)}}, evidence.Unsupported, nil},
		"no such program":             {answer{"", collect.Result{Exit: exit(127), Stderr: "sh: dumpsys: inaccessible or not found"}}, evidence.Unsupported, nil},
		"a service that hung":         {answer{"  level: 1\n*** SERVICE 'battery' DUMP TIMEOUT (10000ms) EXPIRED ***\n", collect.Result{Exit: exit(0)}}, evidence.TimedOut, nil},
		"a line without an end":       {answer{"Current Battery Service state:\n  lev", collect.Result{Exit: exit(0)}}, evidence.Truncated, nil},
		"an exit status":              {answer{"half\n", collect.Result{Exit: exit(3)}}, evidence.Truncated, nil},
		"a deadline that passed":      {answer{"half\n", collect.Result{Err: timeout{errors.New("silent for 60s")}, Timeout: true}}, evidence.TimedOut, nil},
		"a transport that was lost":   {answer{"half\n", collect.Result{Err: lost}}, evidence.Truncated, lost},
		"a transport lost at the end": {answer{"whole\n", collect.Result{Err: lost}}, evidence.Truncated, lost},

		"a service that hung, of Android 7": {
			answer{"  level: 1\n\n*** SERVICE DUMP TIMEOUT EXPIRED ***\n\n", collect.Result{Exit: exit(0)}}, evidence.TimedOut, nil,
		},
		"an argument passed over": {
			answer{"Unknown argument: -a; use -h for help\nCurrent Battery Service state:\n", collect.Result{Exit: exit(0)}}, evidence.Whole, nil,
		},
		"an argument passed over, and no more": {
			answer{"Unknown argument: -a; use -h for help\n", collect.Result{Exit: exit(0)}}, evidence.Unsupported, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := bundle(t)
			got, err := collect.Take(t.Context(), &said{answers: []answer{c.answer}}, b, collect.Request{Collector: find(t, "dumpsys-battery"), SDK: 30, Phase: evidence.Before})
			assert.ErrorIs(t, err, c.err)
			assert.Equal(t, c.want, got.Coverage.State, got.Coverage.Reason)
			assert.Equal(t, c.want == evidence.Whole, got.Coverage.Complete())
			body, err := os.ReadFile(filepath.Join(b.Dir, got.File))
			require.NoError(t, err)
			assert.Equal(t, c.answer.out, string(body), "whatever came is kept, byte for byte")
		})
	}
}

func TestTakeFallsBackWhereAnOptionIsUnknown(t *testing.T) {
	t.Parallel()
	h := &said{answers: []answer{
		{"Error: Unknown option: -U\n", collect.Result{Exit: exit(1)}},
		{"package:/system/app/A.apk=a  installer=null\n", collect.Result{Exit: exit(0)}},
	}}
	got, err := collect.Take(t.Context(), h, bundle(t), collect.Request{Collector: find(t, "pm-list-packages"), SDK: 26, Phase: evidence.Before})
	require.NoError(t, err)
	assert.Equal(t, evidence.Whole, got.Coverage.State)
	assert.NotContains(t, got.Command, "-U")
	assert.Len(t, h.calls, 2)
}

func TestTakeDoesNotAskAgainAfterARefusal(t *testing.T) {
	t.Parallel()
	h := &said{answers: []answer{{"java.lang.SecurityException: no\n", collect.Result{Exit: exit(255)}}}}
	got, err := collect.Take(t.Context(), h, bundle(t), collect.Request{Collector: find(t, "pm-list-packages"), SDK: 28, Phase: evidence.Before})
	require.NoError(t, err)
	assert.Equal(t, evidence.Denied, got.Coverage.State)
}

func TestEveryReleaseHasAFormOfEverySourceThatItHas(t *testing.T) {
	t.Parallel()
	releases := map[string]struct{ from, to int }{ // SDKs; of those not listed, all
		"device-config":          {from: 29},
		"discrete-ops":           {from: 31},
		"dumpsys-audio":          {from: 28},
		"dumpsys-deviceidle":     {from: 23},
		"dumpsys-role":           {from: 29},
		"dumpsys-sensor-privacy": {from: 31},
		"exported-components":    {from: 24},
		"manifest-receivers":     {from: 24},
		"netstats":               {from: 29},
		"privapp-permissions":    {from: 26},
		"qtaguid":                {to: 28},
		"role-holders":           {from: 29},
		"transparency":           {from: 34},
	}
	for sdk := 22; sdk <= 36; sdk++ {
		for _, c := range collect.All {
			of := releases[c.Name]
			assert.Equal(t, sdk >= of.from && (of.to == 0 || sdk <= of.to), c.Serves(sdk), "%s on SDK %d", c.Name, sdk)
		}
	}
}

func TestSubjectsAreQuotedInScripts(t *testing.T) {
	t.Parallel()
	h := &said{answers: []answer{{"x\n", collect.Result{Exit: exit(0)}}}}
	_, err := collect.Take(t.Context(), h, bundle(t), collect.Request{
		Collector: find(t, "package-detail"), SDK: 30, Subjects: []string{"com.a", "x'; reboot; '"}, Phase: evidence.Before})
	require.NoError(t, err)
	assert.Contains(t, h.calls[0].Script, `for p in 'com.a' 'x'\''; reboot; '\'''; do`)
}

func TestEveryCollectorIsBounded(t *testing.T) {
	t.Parallel()
	h := &said{}
	for _, c := range collect.All {
		h.answers = append(h.answers, answer{"x\n", collect.Result{Exit: exit(0)}})
		_, err := collect.Take(t.Context(), h, bundle(t), collect.Request{Collector: c, SDK: 28, Subjects: []string{"global"}, Phase: evidence.Before})
		if !c.Serves(28) {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		last := h.calls[len(h.calls)-1]
		assert.Positive(t, last.Total, c.Name)
		assert.LessOrEqual(t, last.Total, 10*time.Minute, c.Name)
		assert.Positive(t, last.Limit, c.Name)
	}
}

func TestNoCollectorChangesTheHandset(t *testing.T) {
	t.Parallel()
	for _, c := range collect.All {
		for _, f := range c.Forms {
			for _, word := range append(f.Argv, f.Script) {
				for _, never := range []string{"logcat -c", "pm grant", "settings put", "am start", "input ", " install", "rm ", "setprop"} {
					assert.NotContains(t, word, never, c.Name)
				}
			}
			assert.NotContains(t, f.Argv, "-c", c.Name)
		}
	}
}
