package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/finding"
)

// checkSelf runs a self-check by itself, in a temporary folder that it may leave nothing in.
func checkSelf(t *testing.T, handsets []planted) (code int, stdout string) {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var out bytes.Buffer
	a := &app{out: newScreen(&out), log: slog.New(slog.DiscardHandler)}
	err := a.selfCheck(t.Context(), handsets)
	left, readErr := os.ReadDir(temp)
	require.NoError(t, readErr)
	assert.Empty(t, left, "it leaves nothing behind")
	var s *status
	if err != nil {
		require.ErrorAs(t, err, &s)
		return s.code, out.String()
	}
	return exitOK, out.String()
}

func TestTheSelfCheckSeesWhatWasPlanted(t *testing.T) {
	code, out := checkSelf(t, selfHandsets)
	assert.Equal(t, exitOK, code, out)
	assert.Contains(t, out, "ok    misbehaving   no-background-location: Flagged (specimen.weather)\n")
	all := len(finding.All) * len(selfHandsets)
	assert.Contains(t, out, fmt.Sprintf("%d of %d verdicts", all, all))
}

// TestTheSelfCheckExpectsEachVerdictOfEachRule: a rule that it expects nothing else of
// than one verdict would pass when it is stuck. What its firmware alone says is left out.
func TestTheSelfCheckExpectsEachVerdictOfEachRule(t *testing.T) {
	image := []string{"release-keys", "security-patch-is-recent", "verified-boot-is-green"}
	for _, r := range finding.All {
		said := map[verdict]bool{}
		for _, h := range selfHandsets {
			require.Contains(t, h.want, r.ID)
			said[h.want[r.ID]] = true
		}
		assert.True(t, len(said) > 1 || slices.Contains(image, r.ID), r.ID)
	}
}

// TestTheSelfCheckFails breaks what is expected, what is planted, and what is printed.
func TestTheSelfCheckFails(t *testing.T) {
	one := func(at int, change func(*planted)) []planted {
		h := selfHandsets[at]
		h.want, h.manner = maps.Clone(h.want), maps.Clone(h.manner)
		change(&h)
		return []planted{h}
	}
	for name, c := range map[string]struct {
		handsets []planted
		want     string
	}{
		"another verdict is expected": {one(0, func(h *planted) { h.want["release-keys"] = verdict{finding.Flagged, ""} }),
			"FAIL  well-behaved  release-keys: expected Flagged, came Clear\n"},
		"another app is expected": {one(2, func(h *planted) { h.want["no-identifier-in-the-log"] = verdict{finding.Flagged, "specimen.weather"} }),
			"expected Flagged (specimen.weather), came Flagged (specimen.dialer)\n"},
		"nothing was planted": {one(2, func(h *planted) { h.manner = nil }),
			"FAIL  reticent      no-identifier-in-the-log: expected Flagged (specimen.dialer), came Clear\n"},
		"app-ops are refused": {one(1, func(h *planted) { h.faults = []string{"refused:denied:match=dumpsys appops"} }),
			"FAIL  misbehaving   no-background-location: expected Flagged (specimen.weather), came Unknown\n"},
		"what it refused is told": {one(2, func(h *planted) { h.faults = nil }),
			"FAIL  reticent      no-background-location: expected Unknown, came Clear\n"},
		"it is lost": {one(0, func(h *planted) { h.faults = []string{"offline"} }), "FAIL  well-behaved"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out := checkSelf(t, c.handsets)
			assert.Equal(t, exitInfra, code, out)
			assert.Contains(t, out, c.want)
		})
	}
}

// TestTheSelfCheckReadsNoInventory: it may be asked before there is one.
func TestTheSelfCheckReadsNoInventory(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("devices.yaml", []byte("none: [of, it]\n"), 0o600))
	code, out, errs := assay(t, "doctor", "--self")
	assert.Equal(t, exitOK, code, out+errs)
	found, err := filepath.Glob("*")
	require.NoError(t, err)
	assert.Equal(t, []string{"devices.yaml"}, found)
}
