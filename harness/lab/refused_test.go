package lab_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/scenario"
)

// overheard plays a plan, and gives what an operator is told of it meanwhile.
func overheard(t *testing.T, server *adb.Server, plan lab.Plan) (dir, log string, hands []lab.Hand) {
	t.Helper()
	var mu sync.Mutex
	var said bytes.Buffer
	r := lab.Runner{Server: server, Clock: newHastyClock(), Patience: 2 * time.Second}
	r.Log = slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r.Hand = func(h lab.Hand) {
		mu.Lock()
		defer mu.Unlock()
		hands = append(hands, h)
	}
	plan.Name, plan.Seed, plan.Repeat = "run", 1, 1
	dir = filepath.Join(t.TempDir(), "run")
	_, err := r.Run(t.Context(), plan, dir)
	require.NoError(t, err)
	return dir, said.String(), hands
}

// alone is a plan for one handset.
func alone(e farm.Entry, all ...scenario.Scenario) lab.Plan {
	return lab.Plan{Scenarios: all, Inventory: farm.Inventory{Devices: []farm.Entry{e}}}
}

// acting is a scenario that does one thing more than to open the browser.
func acting(t *testing.T, name, step string) scenario.Scenario {
	t.Helper()
	text := "name: " + name + "\nabout: The browser is opened.\nsubject: {role: browser}\nsteps:\n  - launch\n" + step
	s, err := scenario.Parse(name+".yaml", []byte(text), scenario.Known{})
	require.NoError(t, err)
	return s
}

// TestWhatTheShellIsRefusedIsTheLabsMatter has handsets of several makers refuse each
// of the permissions that a lab's shell has on AOSP: the job is the lab's fault, with
// the maker's remedy, and other jobs go on.
func TestWhatTheShellIsRefusedIsTheLabsMatter(t *testing.T) {
	const put = `  - shell: {run: [settings, put, secure, location_mode, "0"], changes: {what: off}}` + "\n"
	const clear = `  - shell: {run: [pm, clear, --user, "0", specimen.browser], changes: {what: cleared}}` + "\n"
	const ignore = "  - shell: {run: [cmd, appops, set, specimen.browser, CAMERA, ignore], changes: {what: ignored}}\n"
	const aloud = "mute:settings put:says=java.lang.SecurityException: Permission denial: writing to settings requires:" +
		"android.permission.WRITE_SECURE_SETTINGS" // as MIUI's settings, with exit status 0
	still := acting(t, "still", "  - wait: 2s\n")
	for _, c := range []struct{ persona, fault, step, what, remedy string }{
		{"xiaomi", "refused:inject", "  - home\n", "INJECT_EVENTS", "USB debugging (Security settings)"},
		{"vivo", "refused:inject", "  - tap: {x: 10, y: 10}\n", "INJECT_EVENTS", "USB simulated click"},
		{"oppo", "refused:change", "  - grant: CAMERA\n", "GRANT_RUNTIME_PERMISSIONS", "Disable permission monitoring"},
		{"oneplus", "refused:change", put, "WRITE_SECURE_SETTINGS", "Disable permission monitoring"},
		{"xiaomi", "refused:change", clear, "CLEAR_APP_USER_DATA", "Security settings"},
		{"realme", "refused:change", ignore, "MANAGE_APP_OPS_MODES", "permission monitoring"},
		{"xiaomi", aloud, put, "WRITE_SECURE_SETTINGS", "Security settings"},
		{"google", "refused:inject", "  - home\n", "INJECT_EVENTS", "developer options"},
		{"xiaomi", "refused:ignored", "  - grant: [CAMERA, RECORD_AUDIO, READ_CONTACTS, ACCESS_FINE_LOCATION]\n",
			"GRANT_RUNTIME_PERMISSIONS", "grant the permission in the handset's settings"},
	} {
		t.Run(c.persona+" "+c.fault+" "+c.what, func(t *testing.T) {
			t.Parallel()
			h, entry := clone(t, c.persona, 0)
			t.Cleanup(func() { require.NoError(t, h.Close()) })
			inject(t, h, c.fault)
			dir, log, hands := overheard(t, embedded(t, h), alone(entry, acting(t, "acting", c.step), acting(t, "again", c.step), still))
			attempts := map[string]int{}
			for _, job := range judged(t, dir).Jobs {
				attempts[job.Scenario]++
				switch job.Scenario {
				case "acting", "again":
					require.Equal(t, evidence.Infra, job.Outcome.State, job.Outcome.Cause)
					assert.Contains(t, job.Outcome.Cause, c.what)
					assert.Contains(t, job.Outcome.Remedy, c.remedy)
					require.Len(t, hands, 1, "of two jobs it is told once")
					assert.Equal(t, job.Outcome.Cause, hands[0].Cause, "and alike")
					assert.Equal(t, "refused", hands[0].State)
				default:
					assert.Equal(t, evidence.Finished, job.Outcome.State, "%s: %s", job.Scenario, job.Outcome.Cause)
				}
			}
			assert.Equal(t, map[string]int{evidence.Baseline: 1, "acting": 1, "again": 1, "still": 1}, attempts,
				"another attempt would be refused the same")
			assert.Equal(t, 1, strings.Count(log, "adb's shell is refused\""), log)
			assert.NotContains(t, log, "not undone")
			entries, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
			require.NoError(t, err)
			climbs := func(e evidence.Entry) bool { return e.Kind == evidence.Recovering }
			assert.False(t, slices.ContainsFunc(entries, climbs), "the handset was there all the while")
		})
	}
}

// A grant that an unknown maker's handset does not make says what it is: the
// handset's answer, as before.
func TestASilentRefusalOfAnUnknownMakerIsTheHandsetsAnswer(t *testing.T) {
	h, entry := clone(t, "google", 0)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	inject(t, h, "refused:ignored")
	grants := acting(t, "acting", "  - grant: [CAMERA, ACCESS_FINE_LOCATION, POST_NOTIFICATIONS, RECORD_AUDIO]\n")
	dir, _, hands := overheard(t, embedded(t, h), alone(entry, grants))
	j := judged(t, dir)
	at := slices.IndexFunc(j.Jobs, func(job finding.Job) bool { return job.Scenario == "acting" })
	assert.Equal(t, evidence.StepFailed, j.Jobs[at].Outcome.State)
	assert.Contains(t, j.Jobs[at].Outcome.Cause, "to be granted=true")
	assert.Empty(t, hands)
}

// TestASecondUserThatTheShellMayNotSeeChangesNothing plays the same with and without
// one, on releases that refuse it in different words.
func TestASecondUserThatTheShellMayNotSeeChangesNothing(t *testing.T) {
	for _, persona := range []string{"samsung", "xiaomi", "gionee", "lyf"} {
		t.Run(persona, func(t *testing.T) {
			t.Parallel()
			verdicts := map[bool]map[string]finding.Cell{}
			for _, second := range []bool{false, true} {
				h, entry := clone(t, persona, 0)
				t.Cleanup(func() { require.NoError(t, h.Close()) })
				if second {
					inject(t, h, "refused:user")
				}
				dir, _, hands := overheard(t, embedded(t, h), alone(entry, play(t, "browser", "dialer")...))
				assert.Empty(t, hands)
				j := judged(t, dir)
				require.Len(t, j.Models, 1)
				verdicts[second] = j.Models[0].Cells
				for _, c := range j.Coverage {
					assert.NotEqual(t, evidence.Denied, c.State, "%s: %s", c.Source, c.Reason)
				}
			}
			assert.Equal(t, verdicts[false], verdicts[true])
		})
	}
}

// manyUsers are commands that tell of all users', or of whoever is in front, where they are not
// told whose.
var manyUsers = regexp.MustCompile(strings.Join([]string{
	`(?:pm|cmd package) '?(?:list'? '?packages|query-|resolve-activity|grant|revoke|disable|enable|clear)`,
	`am '?(?:start|kill|force-stop)`, `settings '?(?:get|put|list|delete)`, `content query --uri content://settings`, `get-role-holders`,
}, "|"))

// TestEveryListIsOfTheOwnersAlone reads all that a run of all scenarios asks.
func TestEveryListIsOfTheOwnersAlone(t *testing.T) {
	for _, persona := range []string{"samsung", "lyf"} {
		h, entry := clone(t, persona, 0)
		t.Cleanup(func() { require.NoError(t, h.Close()) })
		var mu sync.Mutex
		var asked []string
		h.Hear(func(_ int, service string) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, service)
		})
		overheard(t, embedded(t, h), alone(entry, play(t, "browser", "camera-consent-refused", "dialer", "weather")...))
		seen := 0
		for _, command := range asked {
			for _, line := range strings.FieldsFunc(command, func(r rune) bool { return r == ';' || r == '\n' }) {
				if manyUsers.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(line), "echo ") {
					seen++
					assert.Contains(t, strings.ReplaceAll(line, "'", ""), "--user 0", persona)
				}
			}
		}
		assert.Greater(t, seen, 10, "%d commands", len(asked))
	}
}

func TestAPackageListThatIsRefusedIsNotAnEmptyOne(t *testing.T) {
	h, entry := clone(t, "samsung", 0)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	inject(t, h, "mute:pm list packages -s:says=java.lang.SecurityException: Shell does not have permission to access user 0")
	dir, log, hands := overheard(t, embedded(t, h), alone(entry, play(t, "dialer")...))
	j := judged(t, dir)
	require.Len(t, j.Missing, 1)
	assert.Equal(t, "refused", j.Missing[0].State)
	assert.Contains(t, j.Missing[0].Cause, "another user's")
	assert.Contains(t, j.Missing[0].Remedy, "--user 0")
	assert.Len(t, hands, 1)
	assert.Equal(t, 1, strings.Count(log, "level=ERROR"), log)
}
