package android

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEachPhraseIsReadAsWhatItSays makes a line of each row, and asks what it says: no
// row stands behind one that takes its lines for something else.
func TestEachPhraseIsReadAsWhatItSays(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, Phrases)
	for _, p := range Phrases {
		assert.NotEmpty(t, p.Starts+p.Holds+p.Ends, "%+v", p)
		assert.NotEmpty(t, p.Source, "%+v", p)
		assert.True(t, p.To == 0 || p.From <= p.To, "%+v", p)
		line := p.Starts + p.Holds + p.Ends
		if p.Alone {
			line = "tool: " + line + ";"
		}
		got, ok := SaidAlone(line)
		require.True(t, ok, line)
		assert.Equal(t, p.Says, got.Says, line)
		if _, ok := Said(line); p.Alone {
			assert.False(t, ok, "%q may be data", line)
		} else {
			assert.True(t, ok, line)
		}
	}
}

func TestWhatReleasesSayInPlaceOfAPrintOut(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]Says{
		"*** SERVICE DUMP TIMEOUT EXPIRED ***":                                                SaysTimedOut,
		"*** SERVICE 'battery' DUMP TIMEOUT (10s) EXPIRED ***":                                SaysTimedOut,
		"*** SERVICE 'battery' DUMP TIMEOUT (10000ms) EXPIRED ***":                            SaysTimedOut,
		"*** command '/system/bin/dumpsys' timed out after 60.001s (killing pid 9)":           SaysTimedOut,
		"*** /system/bin/dumpsys: Timed out after 60.001s (killing pid 9)":                    SaysTimedOut,
		"*** /system/bin/dumpsys: Exit code 1":                                                SaysBroken,
		"*** command 'logcat -L -d *:v' failed: exit code 1":                                  SaysBroken,
		"*** command 'ls /data' failed: Permission denied":                                    SaysDenied,
		"*** SERVICE 'battery' was asked":                                                     SaysNothing,
		"Error dumping service info: (Unknown error -2147483646) battery":                     SaysBroken,
		"Error with service 'battery' while dumping: DEAD_OBJECT":                             SaysBroken,
		"Failed to read while dumping service battery: I/O error":                             SaysBroken,
		"cmd: Failure calling service role: Failed transaction (2147483646)":                  SaysBroken,
		"cmd: Can't find service: role":                                                       SaysUnsupported,
		"Can't find service: battery":                                                         SaysUnsupported,
		"Permission Denial: can't dump battery from from pid=1, uid=2000":                     SaysDenied,
		"Security exception: Neither user 2000 nor current process has android.permission.X.": SaysDenied,
		"opendir failed, Permission denied":                                                   SaysDenied,
		"/system/bin/sh: dumpsys: not found":                                                  SaysUnsupported,
		"/system/bin/sh: dumpsys: can't execute: Permission denied":                           SaysDenied,
		"Unknown argument: -a; use -h for help":                                               SaysPassedOver,
		"Bad activity command, or no activities match: nothing":                               SaysUnsupported,
		"Note: log switch off, only log_main and log_events will have logs!":                  SaysLess,
		"Note: logcat switch off, only log_main and log_events will have logs!":               SaysLess,
		"int logctl_get(): open '/dev/hwlog_switch' fail -1, 13. Permission denied":           SaysLess,
		"WARNING: linker: libx.so: unused DT entry: type 0x6ffffffe arg 0x1":                  SaysHarmless,
		"the camera was not found":                                                            SaysNothing,
		"  Permission Denial":                                                                 SaysNothing,
		"":                                                                                    SaysNothing,
	} {
		assert.Equal(t, want, SaysOf(line), line)
	}
}

func TestATimeOutIsDumpsysOwn(t *testing.T) {
	t.Parallel()
	line, ok := TimedOut("  level: 1\n\n*** SERVICE DUMP TIMEOUT EXPIRED ***\n\n")
	assert.True(t, ok)
	assert.Equal(t, "*** SERVICE DUMP TIMEOUT EXPIRED ***", line)
	_, ok = TimedOut("*** command 'x' timed out after 1.000s (killing pid 9)\n")
	assert.False(t, ok, "dumpstate's")
	_, ok = TimedOut("12-09 a log line of SERVICE 'x' DUMP TIMEOUT (10s)\n")
	assert.False(t, ok)
}

func TestWhatAHandsetSaysThatBoots(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Error: Could not access the Package Manager.  Is the system running?\n":                                 true,
		"Error type 2\nandroid.util.AndroidException: Can't connect to activity manager; is the system running?": true,
		"package:/system/app/A.apk\n": false,
	} {
		assert.Equal(t, want, Down(text), text)
	}
	service, ok := MissingService("cmd: Can't find service: package\n")
	assert.True(t, ok)
	assert.Equal(t, "package", service)
	_, ok = MissingService("package:a\n")
	assert.False(t, ok)
}

// TestPhrasesAreMatchedInOnePlace looks at the words that the rest of the harness has
// in its code: what Android says in place of a print-out is known here alone. The
// virtual handset prints them, and adb has words of the host's own.
func TestPhrasesAreMatchedInOnePlace(t *testing.T) {
	t.Parallel()
	words := []string{
		"DUMP TIMEOUT", "Permission Denial", "Permission denied", "SecurityException", "Can't find service", "Unknown argument",
		"nknown command", "nknown option", "Error dumping service", "Exception occurred while", "Failure calling service",
		"No such file", "not found", "Failure while dumping", "linker: ", "system running?", "switch off",
	}
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && slices.Contains([]string{"android", "virtual", "adb"}, d.Name()) {
			return cmp.Or(err, fs.SkipDir)
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
				for _, w := range words {
					assert.NotContains(t, s.Value, w, path)
				}
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, files, 100)
}
