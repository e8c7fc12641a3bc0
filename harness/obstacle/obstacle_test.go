package obstacle

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEachRowSaysWhatAPersonNeeds(t *testing.T) {
	t.Parallel()
	assert.True(t, slices.IsSorted(known.Held))
	assert.Equal(t, known.Held, slices.Compact(slices.Clone(known.Held)))
	seen := map[string]bool{}
	for _, r := range known.Obstacles {
		t.Run(r.Name, func(t *testing.T) {
			id := r.Name + " of " + strings.Join(r.Makers, ", ")
			assert.False(t, seen[id], "twice")
			seen[id] = true
			assert.NotEmpty(t, r.Name)
			assert.NotEmpty(t, r.Source)
			assert.Contains(t, []string{"high", "medium", "low"}, r.Confidence)
			assert.True(t, r.Silent || len(r.Says) > 0, "nothing shows it")
			require.NotEmpty(t, r.Blocks)
			for _, b := range r.Blocks {
				assert.Contains(t, append(slices.Clone(others), known.Held...), b)
			}
			for _, m := range r.Makers {
				assert.Equal(t, strings.ToLower(m), m)
			}
			for _, says := range r.says {
				assert.False(t, says.MatchString(""), "%s matches whatever is said", says)
			}
			if r.Look != nil {
				assert.True(t, (r.Look.Property != "") != (len(r.Look.Setting) == 2), "a property, or a setting's namespace and key")
				assert.NotEmpty(t, r.Look.Refuses)
				assert.NotEmpty(t, r.Remedy, "what is told beforehand has something to do about it")
			}
		})
	}
	for _, n := range known.Android {
		assert.NotEmpty(t, n.About)
		assert.False(t, n.says.MatchString(""), n.Says)
	}
}

func TestABadTableIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	_, err := read("x.yaml", []byte("obstacles:\n  - {name: a, blocked: [DUMP]}\n"))
	assert.ErrorContains(t, err, `x.yaml:2:15: unknown key "blocked"`)
	_, err = read("x.yaml", []byte("obstacles:\n  - {name: a, says: ['(']}\n"))
	assert.ErrorContains(t, err, "x.yaml: a: error parsing regexp")
	_, err = read("x.yaml", []byte("android:\n  - {says: '('}\n"))
	assert.ErrorContains(t, err, "error parsing regexp")
}

// TestTheTableKnowsEachMakerOfTheClaims compares with the list that the rows come
// from, where that is at hand.
func TestTheTableKnowsEachMakerOfTheClaims(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../shared/claims/shell-obstacles.tsv")
	if err != nil {
		t.Skip("../shared/claims is not beside the repository")
	}
	rows := strings.Split(strings.TrimSpace(string(raw)), "\n")
	require.Greater(t, len(rows), 40)
	for _, line := range rows[1:] {
		row := strings.Split(line, "\t")
		for _, maker := range regexp.MustCompile(`[A-Za-z]+`).FindAllString(row[0], -1) {
			if slices.Contains([]string{"AOSP", "liblog", "various", "apps", "MTK"}, maker) {
				continue
			}
			assert.True(t, slices.ContainsFunc(known.Obstacles, func(r Row) bool { return r.by([]string{maker}) }), "%s: %s", maker, row[2])
		}
	}
}

// thrown is how most of them begin.
const thrown = "java.lang.SecurityException: "

const trace = "\n\tat android.os.Parcel.createException(Parcel.java:2074)\n\tat android.os.Binder.execTransact(Binder.java:1000)\n"

func TestWhatTheShellIsRefusedIsReadFromWhatItSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ want, said string }{
		{"INJECT_EVENTS", thrown + "Injecting to another application requires INJECT_EVENTS permission" + trace},
		{"INJECT_EVENTS", "\nException occurred while executing 'tap':\n" + thrown + "Injecting input events requires the caller " +
			"(or the source of the instrumentation, if any) to have the INJECT_EVENTS permission." + trace},
		{"GRANT_RUNTIME_PERMISSIONS", "Operation not allowed: " + thrown + "grantRuntimePermission: Neither user 2000 nor current process has " +
			"android.permission.GRANT_RUNTIME_PERMISSIONS." + trace},
		{"WRITE_SECURE_SETTINGS", "Security exception: Permission denial: writing to settings requires:" +
			"android.permission.WRITE_SECURE_SETTINGS" + trace},
		{"CLEAR_APP_USER_DATA", thrown + "PID 4711 does not have permission android.permission.CLEAR_APP_USER_DATA to clear data of com.x"},
		{"UPDATE_APP_OPS_STATS", thrown + "uid 2000 does not have android.permission.UPDATE_APP_OPS_STATS."},
		{"DUMP", "Permission Denial: can't dump package from from pid=4211, uid=2000 due to missing android.permission.DUMP permission"},
		{"DUMP", "Permission Denial: can't dump ActivityManager from from pid=4211, uid=2000 without permission android.permission.DUMP"},
		{"FORCE_STOP_PACKAGES", thrown + "Permission Denial: forceStopPackage() from uid=2000 requires android.permission.FORCE_STOP_PACKAGES"},
		{"CHANGE_COMPONENT_ENABLED_STATE", thrown + "Permission Denial: attempt to change component state from pid=1, uid=2000, package uid=1"},
		{"users", "Error: " + thrown + "Shell does not have permission to access user 10"},
		{"users", "Security exception: Shell does not have permission to access user 150\n"},
	} {
		said, want := c.said, c.want
		r := Refused(said)
		require.NotNil(t, r, said)
		assert.Equal(t, want, r.What, said)
		assert.NotEmpty(t, r.Said)
		assert.NotContains(t, r.Error(), "\n")
	}
}

func TestWhatAndroidItselfSaysNoToIsNoRefusal(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		thrown + "Permission android.permission.WRITE_SECURE_SETTINGS requested by com.x is not a changeable permission type" + trace,
		thrown + "Permission android.permission.READ_SMS is managed by role",
		thrown + "Non-System UID cannot revoke system fixed permission android.permission.CAMERA for package com.x",
		thrown + "Cannot revoke policy fixed permission android.permission.CAMERA for package com.x",
		thrown + "flags SYSTEM_FIXED",
		"Operation not allowed: java.lang.SecurityException: Package com.x has not requested permission android.permission.DUMP",
		thrown + "Cannot disable a protected package: com.x",
		thrown + "Shell cannot change component state for com.x/.Main to 2",
		thrown + "Permission Denial: starting Intent { cmp=com.x/.Own } from null (pid=1, uid=2000) not exported from uid 10011",
		"cat: /proc/net/tcp: Permission denied", // the kernel's: no exception
		"Failure [not installed for 0] requires INJECT_EVENTS",
		"",
	} {
		assert.Nil(t, Refused(said), said)
	}
}

func TestASecurityExceptionForWantOfWhatTheShellNeverHadIsToldApart(t *testing.T) {
	t.Parallel()
	r := Refused(thrown + "Permission Denial: starting Intent { } from null (pid=1, uid=2000) requires com.maker.permission.OWN")
	require.NotNil(t, r)
	assert.Empty(t, r.What)
}

func TestOnlyWhatBeginsAsAnExceptionComplains(t *testing.T) {
	t.Parallel()
	assert.True(t, Complains("\nException occurred while executing 'put':\njava.lang.SecurityException: x"))
	assert.True(t, Complains("Permission Denial: can't dump appops"))
	further := "Packages:\n  java.lang.SecurityException: Injecting requires INJECT_EVENTS"
	assert.False(t, Complains(further), "any app's words may stand further on")
}

func TestTheRemedyIsTheMakers(t *testing.T) {
	t.Parallel()
	const inject = "java.lang.SecurityException: Injecting to another application requires INJECT_EVENTS permission"
	const grant = thrown + "grantRuntimePermission: Neither user 2000 nor current process has android.permission.GRANT_RUNTIME_PERMISSIONS."
	const user = "java.lang.SecurityException: Shell does not have permission to access user 150"
	for _, c := range []struct{ maker, said, want string }{
		{"Xiaomi", inject, "USB debugging (Security settings)"},
		{"POCO", grant, "USB debugging (Security settings)"},
		{"realme", grant, "Disable permission monitoring"},
		{"OnePlus", grant, "mind that it switches the maker's own watch over permissions off"},
		{"vivo", inject, "USB simulated click"},
		{"samsung", user, "--user 0"},
		{"Fairphone", user, "--user 0"},
		{"Fairphone", inject, "developer options"},
	} {
		assert.Contains(t, Remedy(Refused(c.said), "", c.maker), c.want, c.maker)
	}
}

func TestASilentRefusalIsKnownOfItsMakersAlone(t *testing.T) {
	t.Parallel()
	step := errors.New("expected granted=true")
	r := Silent("GRANT_RUNTIME_PERMISSIONS", step)
	require.ErrorIs(t, r, step)
	row, ok := For(r, "Xiaomi")
	require.True(t, ok)
	assert.Equal(t, "grants that change nothing", row.Name)
	_, ok = For(r, "Google")
	assert.False(t, ok, "AOSP says it where it refuses a grant")
	_, ok = For(Silent("INJECT_EVENTS", step), "vivo")
	assert.True(t, ok)
}

func TestALookTellsBeforehandWhatWillBeRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		maker string
		has   map[string]string
		want  []string
	}{
		{"Xiaomi", map[string]string{"ro.miui.ui.version.name": "V125"}, []string{"USB debugging (Security settings)"}},
		{"Xiaomi", map[string]string{"ro.miui.ui.version.name": "V125", "persist.security.adbinput": "1"}, nil},
		{"Xiaomi", nil, nil}, // Android One
		{"realme", map[string]string{"persist.sys.permission.enable": "true"}, []string{"permission monitoring"}},
		{"realme", nil, nil},
		{"vivo", map[string]string{"secure vivo_adb_simulate_input": "0"}, []string{"USB simulated click"}},
		{"vivo", map[string]string{"secure vivo_adb_simulate_input": "null"}, nil},
		{"Samsung", map[string]string{"secure rampart_main_switch_enabled": "1"}, []string{"Auto Blocker"}},
		{"Google", map[string]string{"persist.logd.size": "65536"}, []string{"small buffers of the log"}},
	} {
		ask := func(_ context.Context, argv ...string) (string, error) {
			line := strings.Join(argv, " ")
			key := strings.TrimPrefix(strings.TrimPrefix(line, "getprop "), "settings get --user 0 ")
			require.NotEqual(t, line, key, "it only reads: %s", line)
			return c.has[key] + "\n", nil
		}
		seen, err := Beforehand(t.Context(), ask, c.maker)
		require.NoError(t, err)
		var names []string
		for _, s := range seen {
			names = append(names, s.Row.Name)
			assert.NotEmpty(t, s.Shown)
		}
		assert.Equal(t, c.want, names, "%s %v", c.maker, c.has)
	}
	_, err := Beforehand(t.Context(), func(context.Context, ...string) (string, error) { return "", errors.New("gone") }, "realme")
	assert.ErrorContains(t, err, "gone", "what does not answer is not taken for open")
}

func FuzzRefused(f *testing.F) {
	f.Add("java.lang.SecurityException: Injecting to another application requires INJECT_EVENTS permission")
	f.Add("Security exception: Shell does not have permission to access user 150")
	f.Fuzz(func(t *testing.T, said string) {
		r := Refused(said)
		if r == nil {
			return
		}
		assert.Contains(t, said, r.Said)
		assert.NotContains(t, r.Error(), "\n")
		assert.NotEmpty(t, Remedy(r, said))
	})
}
