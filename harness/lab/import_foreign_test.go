package lab_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
)

// breached is a small bugreport that breaks three claims.
const breached = `== dumpstate: 2026-09-01 10:11:12
------ SYSTEM PROPERTIES (getprop) ------
[ro.build.tags]: [test-keys]
[ro.build.version.release]: [11]
[ro.build.version.sdk]: [30]
[ro.build.version.security_patch]: [2020-01-01]
[ro.product.brand]: [Acme]
[ro.product.model]: [One]
[ro.zygote]: [zygote64]
[selinux.restorecon_recursive]: [/data]
------ 0.212s was the duration of 'SYSTEM PROPERTIES' ------
------ DUMPSYS (/system/bin/dumpsys) ------
` + "-------------------------------------------------------------------------------\n" + `DUMP OF SERVICE appops:
Current AppOps Service state:
  Uid u0a64:
    state=cch
    Package specimen.weather:
      FINE_LOCATION (allow):
        null=[
          Access: [bg-s] 2026-08-31 22:10:11.123 (-12h0m1s0ms) duration=+3s0ms
        ]
--------- 0.052s was the duration of dumpsys appops, ending at: 2026-09-01 10:11:13
` + "-------------------------------------------------------------------------------\n" + `DUMP OF SERVICE package:
Packages:
  Package [specimen.weather] (abcdef0):
    userId=10064
    codePath=/system/app/SpecimenWeather
    versionCode=1 minSdk=23 targetSdk=30
    flags=[ SYSTEM HAS_CODE ALLOW_CLEAR_USER_DATA ]
    User 0: ceDataInode=1 installed=true hidden=false stopped=false enabled=0 instant=false
--------- 0.952s was the duration of dumpsys package, ending at: 2026-09-01 10:11:14
------ 12.000s was the duration of 'DUMPSYS' ------
== dumpstate: done (id 1)
`

// TestALineOfSomethingElseClearsNothing puts what else dumpstate prints at each
// position of a report: no cell that is Flagged is less, and none is Clear that was not.
func TestALineOfSomethingElseClearsNothing(t *testing.T) {
	cells := func(text string) map[string]finding.Cell {
		dir := t.TempDir()
		in := filepath.Join(dir, "bugreport-one.txt")
		require.NoError(t, os.WriteFile(in, []byte(text), 0o600))
		require.NoError(t, lab.Import(filepath.Join(dir, "run"), lab.Imports{Name: "x", Paths: []string{in}}))
		j, err := judge.Run(filepath.Join(dir, "run"))
		require.NoError(t, err)
		require.Len(t, j.Models, 1)
		return j.Models[0].Cells
	}
	want := cells(breached)
	flagged := 0
	for _, c := range want {
		if c.Verdict == finding.Flagged {
			flagged++
		}
	}
	require.GreaterOrEqual(t, flagged, 3, "the report breaks claims")
	lines := strings.SplitAfter(breached, "\n")
	for _, line := range []string{
		"------ 0.101s was the duration of 'DROPBOX SYSTEM SERVER CRASHES' ------\n",
		"--------- 0.004s was the duration of dumpsys meminfo, ending at: 2026-09-01 10:11:13\n",
	} {
		for i := 1; i < len(lines)-1; i++ {
			if strings.HasPrefix(lines[i], "DUMP OF SERVICE ") {
				continue // the rule before it is the heading's
			}
			got := cells(strings.Join(slices.Insert(slices.Clone(lines), i, line), ""))
			for rule, was := range want {
				assert.False(t, was.Verdict == finding.Flagged && got[rule].Verdict != finding.Flagged,
					"%s before line %d %q: %s is %v", line, i+1, lines[i], rule, got[rule].Verdict)
				assert.False(t, was.Verdict != finding.Clear && got[rule].Verdict == finding.Clear, "%s before line %d: %s is Clear", line, i+1, rule)
			}
		}
	}
}
