package virtual

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInputIsRefusedInTheWordsOfEachRelease(t *testing.T) {
	const thrown, caught = "java.lang.SecurityException: ", "\nException occurred while executing 'tap':\n"
	for sdk, begins := range map[int]string{
		29: thrown + "Injecting to another application requires INJECT_EVENTS permission\n\tat ",
		31: caught + thrown + "Injecting to another application requires INJECT_EVENTS permission\n\tat ",
		34: caught + thrown + "Injecting input events requires the caller",
	} {
		onBothFaces(t, sdk, func(t *testing.T, h *Handset, f side) {
			inject(t, h, "refused:inject:times=1")
			mustSay(t, f, "getprop ro.serialno; dumpsys battery") // neither is touched, nor counted
			got := shellOn(f, "input tap 10 10")
			assert.Equal(t, 255, got.exit)
			assert.Empty(t, got.stdout)
			assert.True(t, strings.HasPrefix(got.stderr, begins), got.stderr)
			assert.Contains(t, got.stderr, "INJECT_EVENTS permission")
			assert.Equal(t, ran{}, shellOn(f, "input tap 10 10"), "only once")
		})
	}
}

func TestListsWithoutAUserAreRefusedForTheSecond(t *testing.T) {
	const words = "Shell does not have permission to access user 150\n"
	for sdk, begins := range map[int]string{
		25: "Security exception: " + words + "\njava.lang.SecurityException: " + words + "\tat ",
		33: "\nException occurred while executing 'list':\njava.lang.SecurityException: " + words +
			" com.android.server.am.ActivityManagerService.handleIncomingUser:14983\n",
	} {
		onBothFaces(t, sdk, func(t *testing.T, h *Handset, f side) {
			one := shellOn(f, "pm list packages --user 0")
			require.NotEmpty(t, one.stdout)
			inject(t, h, "refused:user")
			for _, command := range []string{
				"pm list packages", "pm list packages -f -U", "pm list packages --user all", "pm list packages --user 150", "cmd package list packages",
			} {
				got := shellOn(f, command)
				assert.Equal(t, 255, got.exit, command)
				assert.Empty(t, got.stdout, command)
				assert.True(t, strings.HasPrefix(got.stderr, begins), "%s: %s", command, got.stderr)
			}
			assert.Equal(t, one, shellOn(f, "pm list packages --user 0"))
			assert.Contains(t, mustSay(t, f, "pm list features; pm list users; dumpsys package"), "Users:")
			assert.Equal(t, ran{"Security exception: " + words, "", 0}, shellOn(f, "dumpsys package --user all"))
		})
	}
	old := testHandset(t, 23)
	inject(t, old, "refused:user:count=10")
	want := "Error: java.lang.SecurityException: Shell does not have permission to access user 10\n"
	assert.Equal(t, ran{"", want, 1}, execute(t, old, "pm list packages", ""))
}

func TestADumpIsDeniedInTheWordsOfEachRelease(t *testing.T) {
	const since8 = " due to missing android.permission.DUMP permission\n"
	for sdk, want := range map[int]map[string]string{
		25: {"activity": " without permission android.permission.DUMP\n", "battery": ", uid=2000\n"},
		30: {"activity": since8, "battery": since8},
	} {
		onBothFaces(t, sdk, func(t *testing.T, h *Handset, f side) {
			inject(t, h, "refused:denied:match=dumpsys:times=2")
			for service, end := range want {
				got := shellOn(f, "dumpsys -l >/dev/null; dumpsys -t 10 "+service)
				assert.Regexp(t, `^Permission Denial: can't dump \w+( service)? from from pid=\d+, uid=2000`, got.stdout)
				assert.True(t, strings.HasSuffix(got.stdout, end), got.stdout)
				assert.Equal(t, ran{got.stdout, "", 0}, got)
			}
			assert.NotContains(t, mustSay(t, f, "dumpsys battery"), "Denial", "only twice")
		})
	}
}

func TestFilesAndProgramsAreDenied(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "refused:denied:match=/proc/net/")
		got := shellOn(f, `echo "@@ /proc/net/tcp"; cat /proc/net/tcp`)
		assert.Equal(t, ran{"@@ /proc/net/tcp\n", "cat: /proc/net/tcp: Permission denied\n", 1}, got)
		assert.Zero(t, shellOn(f, "cat /proc/version").exit)
		inject(t, h, "refused:denied:match=pm list:times=1")
		assert.Equal(t, ran{"", "/system/bin/sh: pm: can't execute: Permission denied\n", 126}, shellOn(f, "pm list packages --user 0"))
		assert.Zero(t, shellOn(f, "pm list packages --user 0").exit)
	})
}

func TestChangesAreRefusedInTheWordsOfWhoChecksThem(t *testing.T) {
	onBothFaces(t, 33, func(t *testing.T, h *Handset, f side) {
		app := h.Persona().Packages[0].Name
		inject(t, h, "refused:change")
		const neither = "Neither user 2000 nor current process has android.permission."
		const settings = "Permission denial: writing to settings requires:android.permission.WRITE_SECURE_SETTINGS"
		for command, want := range map[string]string{
			"pm grant --user 0 " + app + " android.permission.CAMERA":  "grantRuntimePermission: " + neither + "GRANT_RUNTIME_PERMISSIONS.",
			"pm revoke --user 0 " + app + " android.permission.CAMERA": "revokeRuntimePermission: " + neither + "REVOKE_RUNTIME_PERMISSIONS.",
			"settings put --user 0 secure location_mode 0":             settings,
			"settings --user 0 put secure location_mode 0":             settings,
			"cmd appops set " + app + " CAMERA ignore":                 neither + "MANAGE_APP_OPS_MODES.",
		} {
			got := shellOn(f, command)
			assert.Equal(t, 255, got.exit, command)
			assert.Empty(t, got.stdout, command)
			assert.Contains(t, got.stderr, "java.lang.SecurityException: "+want+"\n", command)
		}
		assert.Equal(t, "3", mustSay(t, f, "settings get secure location_mode"), "nothing was changed, and reading is not refused")
	})
}

func TestAChangeThatIsIgnoredSaysNothing(t *testing.T) {
	onBothFaces(t, 33, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "refused:ignored:times=1")
		assert.Equal(t, ran{}, shellOn(f, "settings put secure location_mode 0"))
		assert.Equal(t, "3", mustSay(t, f, "settings get secure location_mode"))
		assert.Equal(t, ran{}, shellOn(f, "settings put secure location_mode 0"))
		assert.Equal(t, "0", mustSay(t, f, "settings get secure location_mode"), "only once")
	})
}
