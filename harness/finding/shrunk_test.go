package finding_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

// withoutEnd makes the app-ops after the steps those of Android 8.0 and older, which
// show no end of their own, and say which UID they come to last.
func (k *kit) withoutEnd(through string) *kit {
	for i, v := range k.c.Coverage {
		if v.Source == "dumpsys-appops" && v.Phase == evidence.After {
			k.c.Coverage[i].Reading.End, k.c.Coverage[i].Reading.Through = "", through
		}
	}
	return k.sdk(25, "7.1.1")
}

// TestAppOpsThatAreCutClearNobody gives the claims on app-ops a dump that stops at a
// line's end with exit status 0.
func TestAppOpsThatAreCutClearNobody(t *testing.T) {
	t.Parallel()
	mode := func(p android.Package, uid android.UID) fact.OpMode {
		return fact.OpMode{UID: uid, Package: p, Op: "WAKE_LOCK", Mode: "allow"}
	}
	launch := step(1, "launch", on(camera))
	both := func(k *kit) *kit { return k.before(mode(weather, 10101), mode(camera, 10102)) }
	for name, c := range map[string]struct {
		k    *kit
		want string // a part of the reason; empty: Clear
	}{
		"it shows all that it showed":      {both(attempt(launch)).after(mode(weather, 10101), mode(camera, 10102)), ""},
		"it lacks an app":                  {both(attempt(launch)).after(mode(weather, 10101)), "after the steps it lacks specimen.camera"},
		"it goes on behind the opened app": {attempt(launch).after(mode(weather, 10101)).withoutEnd("10200"), ""},
		"it ends with the opened app":      {attempt(launch).after(mode(weather, 10101)).withoutEnd("10102"), ""},
		"it stops before the opened app":   {attempt(launch).after(mode(weather, 10101)).withoutEnd("10101"), "stops before UID 10102 of specimen.camera"},
		"its UIDs do not ascend":           {attempt(launch).after(mode(weather, 10101)).withoutEnd(""), "stops before UID 10102"},
		"nothing was opened":               {attempt(step(1, "idle")).after(mode(weather, 10101)).withoutEnd("1000"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, id := range []string{"no-background-location", "no-camera-or-microphone-without-the-user"} {
				found := c.k.judge(t, id)
				require.Len(t, found, 1)
				if c.want == "" {
					assert.Equal(t, finding.Clear.String(), found[0].Verdict.String(), found[0].Detail)
					continue
				}
				assert.Equal(t, finding.Unknown.String(), found[0].Verdict.String())
				assert.True(t, strings.Contains(found[0].Detail, c.want), found[0].Detail)
			}
		})
	}
}
