package scenario

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shipped is the folder that the binary embeds.
var shipped = os.DirFS(filepath.Join("..", "..", "scenarios"))

var known = Known{Collectors: []string{"dumpsys-appops", "dumpsys-package", "getprop", "logcat"}, Reserved: []string{"baseline", "import"}}

// golden compares with the file, or writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func TestEveryKindOfBadInputIsTold(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			_, err = Parse(filepath.Base(file), raw, known)
			require.Error(t, err)
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", err.Error()+"\n")
		})
	}
}

func TestEveryKindOfBadSuiteIsTold(t *testing.T) {
	all, err := Load(shipped, Known{})
	require.NoError(t, err)
	suites := fstest.MapFS{}
	files, err := filepath.Glob("testdata/bad-suites/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		suites["suites/"+filepath.Base(file)] = &fstest.MapFile{Data: raw}
	}
	_, err = LoadSuites(suites, all)
	require.Error(t, err)
	golden(t, "testdata/bad-suites/all.txt", err.Error()+"\n")
}

func TestTwoScenariosMayNotShareAName(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("name: a\nabout: b\nsteps: [home]\n")}
	_, err := Load(fstest.MapFS{"one.yaml": file, "two.yaml": file}, Known{})
	assert.EqualError(t, err, "two.yaml:1:7: scenario \"a\" is already in one.yaml:1:7\n    name: a\n          ^")
}

func TestProblemsOfEveryFileAreToldAtOnce(t *testing.T) {
	_, err := Load(fstest.MapFS{
		"one.yaml":  {Data: []byte("name: a\nabout: b\nsteps: [hme]\n")},
		"two.yaml":  {Data: []byte("name: c\n")},
		"other.txt": {Data: []byte("not YAML: [")},
	}, Known{})
	assert.ErrorContains(t, err, `one.yaml:3:9: unknown verb "hme" (did you mean "home"?)`)
	assert.ErrorContains(t, err, `two.yaml:1:1: a scenario lacks "about"`)
	var p *Problem
	require.ErrorAs(t, err, &p)
	assert.Equal(t, Position{"one.yaml", 3, 9}, p.Position)
}

func TestAFileTooLargeOrNotTextIsRefused(t *testing.T) {
	_, err := Parse("a.yaml", []byte(strings.Repeat("[", maxFile+1)), Known{})
	assert.ErrorContains(t, err, "a.yaml:1:1: file of 16385 bytes; 16384 are the most")
	_, err = Parse("a.yaml", []byte("name: \xff"), Known{})
	assert.ErrorContains(t, err, "a.yaml:1:7: byte 0xFF is not UTF-8")
}

func TestAScenarioIsReadInFull(t *testing.T) {
	text := `# how it begins
name: a-1
about: >
  Two lines that
  are one sentence.
tags: [z, b, z]
subject:
  intent: {action: android.intent.action.VIEW, data: "geo:0,0"}
needs:
  min-sdk: 23
  max-sdk: 36
  features: android.hardware.camera
  roles: [camera, dialer]
collect: [getprop, logcat]
steps:
  - launch   # a comment
  - tap: {id: ok, within: 1m30s}
  - shell:
      run: [settings, put, global, x, "1"]
      changes:
        what: x is set
        undo: [settings, delete, global, x]
finally:
  - home
`
	s, err := Parse("a.yaml", []byte(text), known)
	require.NoError(t, err)
	assert.Equal(t, Scenario{
		Name: "a-1", About: "Two lines that are one sentence.", Text: text, Tags: []string{"b", "z"},
		Subject: Subject{Intent: Intent{Action: "android.intent.action.VIEW", Data: "geo:0,0"}},
		Needs:   Needs{MinSDK: 23, MaxSDK: 36, Features: []string{"android.hardware.camera"}, Roles: []string{"camera", "dialer"}},
		Collect: []string{"getprop", "logcat"},
		Steps: []Action{
			{launch{}, "launch", "launch", Position{"a.yaml", 16, 5}},
			{tap{match: match{id: "ok"}, within: 90 * time.Second}, "tap", "tap: {id: ok, within: 1m30s}", Position{"a.yaml", 17, 5}},
			{
				shell{[]string{"settings", "put", "global", "x", "1"}, "x is set", []string{"settings", "delete", "global", "x"}},
				"shell", "shell: {run: [settings, put, global, x, 1], changes: {what: x is set, undo: [settings, delete, global, x]}}", Position{"a.yaml", 18, 5},
			},
		},
		Finally: []Action{{press("KEYCODE_HOME"), "home", "home", Position{"a.yaml", 24, 5}}},
	}, s)
	assert.Equal(t, "intent: -a android.intent.action.VIEW -d geo:0,0", s.Subject.String())
	assert.False(t, s.Control())
}

func TestLintTellsSuitesFromScenariosByTheirFolder(t *testing.T) {
	suite := []byte("name: s\nabout: b\ntags: [x]\n")
	assert.NoError(t, Lint("scenarios/suites/s.yaml", suite, known))
	assert.Error(t, Lint("scenarios/s.yaml", suite, known))
	scenario := []byte("name: s\nabout: b\nsteps: [home]\n")
	assert.NoError(t, Lint("s.yaml", scenario, known))
	assert.Error(t, Lint("suites/s.yaml", scenario, known))
}

func TestTheEmbeddedScenariosAndSuitesLoad(t *testing.T) {
	all, err := Load(shipped, Known{})
	require.NoError(t, err)
	var named []string
	for _, s := range all {
		named = append(named, s.Name)
		assert.NotEmpty(t, s.About, s.Name)
		assert.True(t, strings.HasSuffix(s.About, "."), "%s: about is a sentence", s.Name)
	}
	assert.Equal(t, []string{"idle-control", "browser", "camera-consent-refused", "dialer", "sweep", "weather"}, named, "controls come first")

	suites, err := LoadSuites(shipped, all)
	require.NoError(t, err)
	chosen := map[string][]string{}
	for _, s := range suites {
		for _, one := range s.Select(all) {
			chosen[s.Name] = append(chosen[s.Name], one.Name)
		}
	}
	assert.Equal(t, map[string][]string{
		"firmware": {"idle-control", "browser", "camera-consent-refused", "dialer"},
		"full":     named,
		"quick":    {"browser", "camera-consent-refused", "dialer"},
	}, chosen)
}

func TestScenariosTakeNoLongerThanALabCanGive(t *testing.T) {
	all, err := Load(shipped, Known{})
	require.NoError(t, err)
	for _, s := range all {
		var total time.Duration
		for _, a := range append(s.Steps, s.Finally...) {
			switch step := a.Step.(type) {
			case wait:
				total += time.Duration(step)
			case idle:
				total += step.length
			}
		}
		most := 35 * time.Minute
		if s.Subject.Each != "" {
			most = 10 * time.Second
		}
		assert.LessOrEqual(t, total, most, s.Name)
	}
}

func TestVerbsAreSortedAndHaveAFileEach(t *testing.T) {
	assert.IsIncreasing(t, Verbs())
	for _, v := range Verbs() {
		assert.FileExists(t, "step_"+strings.ReplaceAll(v, "-", "_")+".go")
	}
	files, err := filepath.Glob("step_*.go")
	require.NoError(t, err)
	for _, f := range files {
		if name, test := strings.CutSuffix(f, "_test.go"); !test {
			name = strings.TrimSuffix(strings.TrimPrefix(name, "step_"), ".go")
			assert.Contains(t, Verbs(), strings.ReplaceAll(name, "_", "-"), f)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad*/*.yaml")
	require.NoError(f, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Add([]byte("name: a\nabout: b\nsteps: [home, {tap: {x: 1, y: 2}}]\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := Parse("a.yaml", raw, known)
		_, again := Parse("a.yaml", raw, known)
		assert.Equal(t, err, again)
		assert.Error(t, Lint("suites/a.yaml", append(raw, "\nno-such-key: 1"...), known))
		if err == nil {
			assert.NotEmpty(t, s.Name)
			assert.NotEmpty(t, s.Steps)
			return
		}
		var p *Problem
		require.ErrorAs(t, err, &p)
		assert.Equal(t, "a.yaml", p.File)
		assert.LessOrEqual(t, len(strings.Split(err.Error(), "\n")), 3*maxProblem)
	})
}

// TestNoScenarioHasANameOfAssaysOwn: such a run's record would not be read.
func TestNoScenarioHasANameOfAssaysOwn(t *testing.T) {
	for _, name := range known.Reserved {
		text := "name: %s\nabout: b\nsubject: {role: camera}\nsteps: [launch]\n"
		for _, written := range []string{name, `"` + name + `"`, "'" + name + "'"} {
			_, err := Parse("s.yaml", fmt.Appendf(nil, text, written), known)
			assert.ErrorContains(t, err, "s.yaml:1:7: the name \""+name+"\" is assay's own", written)
		}
		_, err := Parse("s.yaml", fmt.Appendf(nil, text, name+"-2"), known)
		assert.NoError(t, err)
	}
}

// TestLimitsOfAReleaseAreComparedOnlyWhereTheyAreLimits gives each pair of numbers, some
// out of range, one fault at most.
func TestLimitsOfAReleaseAreComparedOnlyWhereTheyAreLimits(t *testing.T) {
	for _, least := range []int{20, 21, 30, 99, 100} {
		for _, most := range []int{20, 21, 30, 99, 100} {
			text := fmt.Sprintf("name: a\nabout: b\nneeds: {min-sdk: %d, max-sdk: %d}\nsubject: {role: camera}\nsteps: [launch]\n", least, most)
			_, err := Parse("s.yaml", []byte(text), known)
			outside := least == 20 || least == 100 || most == 20 || most == 100
			switch {
			case outside:
				assert.ErrorContains(t, err, "-sdk takes a whole number from 21 to 99", text)
				assert.NotContains(t, err.Error(), "is above", text)
			case most < least:
				assert.ErrorContains(t, err, fmt.Sprintf("min-sdk %d is above max-sdk %d", least, most))
			default:
				assert.NoError(t, err, text)
			}
		}
	}
}
