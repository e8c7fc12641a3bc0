package virtual

import (
	"context"
	"encoding/binary"
	"fmt"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// TestCommandsSayWhatEachReleaseSays holds outputs, errors and statuses of single
// commands to the texts of AOSP.
func TestCommandsSayWhatEachReleaseSays(t *testing.T) {
	const stack = "\tat android.os.ShellCommand.exec(ShellCommand.java)\n\tat android.os.Binder.shellCommand(Binder.java)\n"
	for _, c := range []struct {
		sdk       int
		line      string
		out, errs string
		status    int
	}{
		{22, "pm list packages -U", "", "Error: Unknown option: -U\n", 1},
		{25, "pm list packages -U", "Error: Unknown option: -U\n", "", 255},
		{27, "pm list packages --show-versioncode", "Error: Unknown option: --show-versioncode\n", "", 255},
		{28, "pm list packages -f -i -U --show-versioncode --user 0 maker.notes", "package:/data/app/com.maker.notes-1/base.apk=com.maker.notes versionCode:200  installer=null uid:10003\n", "", 0},
		{22, "pm list packages -f maker.sync", "package:/system/priv-app/Sync/Sync.apk=com.maker.sync\n", "", 0},
		{30, "pm list packages -3", "", "", 0},
		{30, "pm list users", "Users:\n\tUserInfo{0:Owner:13} running\n", "", 0},
		{30, "pm list nonsense", "", "Error: unknown list type 'nonsense'\n", 255},
		{30, "pm path com.maker.notes", "package:/data/app/com.maker.notes-1/base.apk\n", "", 0},
		{30, "pm path com.none", "", "", 1},
		{30, "pm get-privapp-permissions com.maker.sync", "{android.permission.WRITE_SECURE_SETTINGS}\n", "", 0},
		{30, "pm get-privapp-permissions com.maker.notes", "{}\n", "", 0},
		{25, "pm get-privapp-permissions com.maker.notes", "", "Unknown command: get-privapp-permissions\n", 255},
		{30, "pm clear-permission-flags a b user-set", "", "Unknown command: clear-permission-flags\n", 255},
		{27, "pm grant com.none android.permission.CAMERA", "", "Bad argument: java.lang.IllegalArgumentException: Unknown package: com.none\n", 1},
		{28, "pm grant com.none android.permission.CAMERA", "", "\nException occurred while executing:\njava.lang.IllegalArgumentException: Unknown package: com.none\n" + stack, 255},
		{30, "pm grant com.none android.permission.CAMERA", "", "\nException occurred while executing 'grant':\njava.lang.IllegalArgumentException: Unknown package: com.none\n" + stack, 255},
		{27, "pm grant com.maker.notes android.permission.CAMERA", "", "Operation not allowed: java.lang.SecurityException: Package com.maker.notes has not requested permission android.permission.CAMERA\n", 1},
		{30, "pm grant --user 9 com.maker.notes x", "", "Error: User 9 does not exist\n", 1},
		{30, "pm grant", "", "Error: no package specified\n", 1},
		{30, "pm clear com.none", "Failed\n", "", 1},
		{30, "pm clear com.maker.notes", "Success\n", "", 0},
		{28, "am start -n com.none/.A", "Starting: Intent { cmp=com.none/.A }\n", "Error type 3\nError: Activity class {com.none/com.none.A} does not exist.\n", 0},
		{33, "am start -n com.none/.A", "Starting: Intent { cmp=com.none/.A }\n", "Error type 3\nError: Activity class {com.none/com.none.A} does not exist.\n", 1},
		{28, "am start -a no.such.ACTION", "Starting: Intent { act=no.such.ACTION }\n", "Error: Activity not started, unable to resolve Intent { act=no.such.ACTION flg=0x10000000 }\n", 0},
		{28, "am start -a android.intent.action.DIAL -d tel:+91-98", "Starting: Intent { act=android.intent.action.DIAL dat=tel:xxx-xx }\n", "", 0},
		{28, "am start -a android.intent.action.VIEW -d https://news.example/a?b", "Starting: Intent { act=android.intent.action.VIEW dat=https://news.example/... }\n", "", 0},
		{25, "am start", "", "Error: Must specify action, component, data or package\n", 1},
		{30, "am get-current-user", "0\n", "", 0},
		{30, "am nonsense", "", "Unknown command: nonsense\n", 255},
		{23, "cmd package list packages", "", "/system/bin/sh: cmd: not found\n", 127},
		{30, "cmd nonsense", "", "cmd: Can't find service: nonsense\n", 20},
		{30, "cmd package resolve-activity --brief -a android.intent.action.DIAL -d tel:1", "priority=0 preferredOrder=0 match=0x208000 specificIndex=-1 isDefault=true\nspecimen.dialer/.DialActivity\n", "", 0},
		{30, "cmd package resolve-activity --brief -a no.such.ACTION", "No activity found\n", "", 0},
		{30, "cmd package query-activities --brief -a android.intent.action.MAIN -c android.intent.category.LAUNCHER -p com.maker.notes", "1 activities found:\n  Activity #0:\n    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false\n    com.maker.notes/.NotesActivity\n", "", 0},
		{30, "cmd package query-activities --components -a android.intent.action.MAIN -c android.intent.category.LAUNCHER -p com.maker.notes", "com.maker.notes/.NotesActivity\n", "", 0},
		{30, "cmd package query-activities --brief -a no.such.ACTION", "No activities found\n", "", 0},
		{29, "cmd role get-role-holders --user 0 android.app.role.DIALER", "specimen.dialer\n", "", 0},
		{29, "cmd role get-role-holders android.app.role.NONE", "\n", "", 0},
		{30, "cmd appops get com.none", "", "Error: No UID for com.none in user 0\n", 255},
		{30, "cmd appops get com.maker.notes CAMERA", "No operations.\nDefault mode: allow\n", "", 0},
		{30, "appops query-op CAMERA allow", "No operations.\n", "", 0},
		{30, "dumpsys nonsense", "", "Can't find service: nonsense\n", 0},
		{30, "dumpsys package com.none", "Unable to find package: com.none\n", "", 0},
		{30, "settings get secure android_id", "0f1e2d3c4b5a6978\n", "", 0},
		{30, "settings get secure none", "null\n", "", 0},
		{30, "settings delete global none", "Deleted 0 rows\n", "", 0},
		{22, "content query --uri content://settings/secure --where name='android_id'", "Row: 0 _id=1, name=android_id, value=0f1e2d3c4b5a6978\n", "", 0},
		{30, "getprop ro.serialno", "TEST0001\n", "", 0},
		{30, "getprop no.such", "\n", "", 0},
		{30, "setprop ro.serialno X", "", "Failed to set property 'ro.serialno' to 'X'.\nSee dmesg for error reason.\n", 1},
		{30, "wm size", "Physical size: 1080x2400\n", "", 0},
		{23, "wm dismiss-keyguard", "", "Error: unknown command 'dismiss-keyguard'\n", 1},
		{30, "pidof com.maker.launcher", "", "", 0},
		{30, "pidof com.none", "", "", 1},
		{30, "service check package", "Service package: found\n", "", 0},
		{28, "input nonsense", "", "Error: Unknown command: nonsense\nUsage: input [<source>] <command> [<arg>...]\n", 0},
		{22, "logcat -L -b all", "", "logcat: invalid option -- 'L'\n", 1},
		{23, "logcat -L", "", "logcat read failure", 1},
		{27, "logcat -L -d", "", "logcat read failure\n", 1},
		{29, "logcat --last", "", "logcat: Logcat read failure: No such file or directory\n", 1},
		{22, "getenforce", "Enforcing\n", "", 0},
		{36, "getenforce", "Enforcing\n", "", 0},
		{22, "uptime", "up time: 1 days, 02:14:09, idle time: 5 days, 16:25:36, sleep time: 00:00:00\n", "", 0},
		{23, "uptime", " 09:00:00 up 1 day,  2:14,  0 users,  load average: 1.02, 0.97, 0.88\n", "", 0},
		{30, "uptime -p", "up 0 weeks, 1 day, 2 hours, 14 minutes\n", "", 0},
		{30, "uptime -s", "2025-03-03 06:45:50\n", "", 0},
		{22, "mount -o remount,rw /system", "", "mount: Operation not permitted\n", 1},
		{30, "mount -o remount,rw /", "", "mount: '/' not user mountable in fstab\n", 1},
		{36, "mount -t sysfs", "sysfs on /sys type sysfs (rw,seclabel,relatime)\n", "", 0},
		{25, "bugreportz -v", "", "1.0\n", 0},
		{30, "bugreportz -v", "", "1.1\n", 0},
		{36, "bugreportz -v", "", "1.2\n", 0},
		{27, "ime list -s", "", "", 0},
		{27, "ime nonsense", "", "Error: unknown command 'nonsense'\n", 0},
		{28, "ime nonsense", "Unknown command: nonsense\n", "", 255},
		{27, "ime set a/.B", "", "Error: Unknown id: a/.B\n", 0},
		{30, "ime set a/.B", "", "Unknown input method a/.B cannot be selected for user #0\n", 255},
		{29, "cmd location is-location-enabled", "", "No shell command implementation.\n", 0},
		{30, "cmd location is-location-enabled", "Unknown command: is-location-enabled\n", "", 255},
		{31, "cmd location is-location-enabled", "true\n", "", 0},
		{30, "cmd -w wifi status", "Wifi is enabled\nWifi scanning is only available when wifi is enabled\n", "", 0},
		{30, "cmd wifi set-wifi-enabled on", "Invalid argument to 'set-wifi-enabled' - must be 'enabled' or 'disabled'\n", "", 255},
		{30, "cmd connectivity airplane-mode", "disabled\n", "", 0},
		{30, "cmd notification post", "", "No shell command implementation.\n", 0},
		{28, "locksettings verify", "Lock credential verified successfully\n", "", 0},
		{28, "locksettings clear --old 1", "Old password provided but user has no password\n", "", 255},
		{28, "locksettings nonsense", "", "Unknown command: nonsense\n", 0},
		{22, "pm install /sdcard/none.apk", "\tpkg: /sdcard/none.apk\nFailure [INSTALL_FAILED_INVALID_URI]\n", "", 1},
		{30, "pm install /system/build.prop", "", "Error: Unable to open file: /system/build.prop\n" +
			"Consider using a file under /data/local/tmp/\n" +
			"\nException occurred while executing 'install':\n" +
			"java.lang.IllegalArgumentException: Error: Unable to open file: /system/build.prop\n" + stack, 255},
		{30, "pm install /system/etc/permissions/platform.xml",
			"Failure [INSTALL_PARSE_FAILED_NOT_APK: Failed to parse /system/etc/permissions/platform.xml]\n", "", 1},
		{30, "pm install /data/app/com.maker.notes-1/base.apk",
			"Failure [INSTALL_FAILED_USER_RESTRICTED: Install canceled by user]\n", "", 1},
		{30, "pm uninstall com.maker.sync", "Failure [DELETE_FAILED_INTERNAL_ERROR]\n", "", 1},
		{30, "pm uninstall --user 0 com.none", "Failure [not installed for 0]\n", "", 1},
		{25, "am startservice -n com.none/.S", "Starting service: Intent { cmp=com.none/.S }\n", "Error: Not found; no service started.\n", 0},
		{30, "am start-service -n com.none/.S", "Starting service: Intent { cmp=com.none/.S }\n", "Error: Not found; no service started.\n", 255},
		{30, "am stop-service -n com.none/.S", "Stopping service: Intent { cmp=com.none/.S }\n", "Service not stopped: was not running.\n", 255},
		{30, "screenrecord --time-limit 999 /sdcard/a.mp4", "", "Time limit 999s outside acceptable range [1,180]\n", 2},
		{30, "pgrep -l system_server", "", "", 0},
		{30, "pgrep com.none", "", "", 1},
		{30, "ps -p 1 -o PID,NAME", "  PID NAME\n    1 init\n", "", 0},
		{30, "ps -p 99999", "USER           PID  PPID      VSZ    RSS WCHAN                   ADDR S NAME\n", "", 1},
		{29, "find /sdcard -maxdepth 0 -printf %p", "", "find: bad arg '-printf'\n", 1},
		{30, "find /system/build.prop -printf %T@:%m:%u:%f\\n", "1230768000.0:600:root:build.prop\n", "", 0},
		{25, "monkey -p com.none -c android.intent.category.LAUNCHER 1", "", "** No activities found to run, monkey aborted.\n", 252},
	} {
		t.Run(fmt.Sprintf("%d %s", c.sdk, c.line), func(t *testing.T) {
			out, errs, status := runOn(testHandset(t, c.sdk), strings.Fields(c.line)...)
			if !strings.HasPrefix(c.line, "pidof com.maker") && !strings.HasPrefix(c.line, "pgrep -l") {
				assert.Equal(t, c.out, out)
			}
			assert.Equal(t, c.errs, errs)
			assert.Equal(t, c.status, status)
		})
	}
}

func TestPackagesOfTheImageHoldWhatTheirSignatureAndPlaceEarn(t *testing.T) {
	for _, c := range []struct {
		sdk                int
		pkg, has, hasNever string
	}{
		{33, "com.maker.sync", "WRITE_SECURE_SETTINGS: granted=true", "READ_PRIVILEGED_PHONE_STATE: granted"}, // one is allow-listed
		{25, "com.maker.sync", "READ_PRIVILEGED_PHONE_STATE: granted=true", "STATUS_BAR"},                     // before the lists, all
		{33, "com.maker.notes", "com.maker.permission.SYNC: granted=true", "STATUS_BAR: granted"},             // normal, and signature
		{33, "com.maker.sync", "READ_CONTACTS: granted=true, flags=[ SYSTEM_FIXED|GRANTED_BY_DEFAULT", "CAMERA"},
		{28, "com.maker.sync", "READ_CONTACTS: granted=true, flags=[ SYSTEM_FIXED GRANTED_BY_DEFAULT ]", "READ_CONTACTS: granted=false"},
		{28, "com.maker.notes", "android.permission.READ_CONTACTS\n", "READ_CONTACTS: granted"}, // requested, never granted: no entry
		{29, "com.maker.notes", "READ_CONTACTS: granted=false, flags=[ USER_SENSITIVE_WHEN_GRANTED|USER_SENSITIVE_WHEN_DENIED]", "SYSTEM_FIXED"},
		{34, "com.maker.notes", "    appId=10003\n", "userId="},
		{22, "com.maker.notes", "    grantedPermissions:\n      android.permission.INTERNET\n", "requested permissions:"},
	} {
		dump := mustRun(t, testHandset(t, c.sdk), "dumpsys package "+c.pkg)
		assert.Contains(t, dump, c.has, "sdk %d", c.sdk)
		assert.NotContains(t, dump, c.hasNever, "sdk %d", c.sdk)
	}
}

func TestUpdatedPackageIsAlsoHidden(t *testing.T) {
	h := testHandset(t, 30)
	dump := mustRun(t, h, "dumpsys package")
	assert.Equal(t, 2, strings.Count(dump, "  Package [com.maker.notes] ("))
	_, hidden, ok := strings.Cut(dump, "\nHidden system packages:\n")
	require.True(t, ok)
	assert.Contains(t, hidden, "codePath=/product/app/Notes\n")
	assert.NotContains(t, dump, "requested permissions:", "only a dump of one package has them")
	assert.Contains(t, mustRun(t, h, "dumpsys package com.maker.notes"), "requested permissions:")
}

func TestEachUserHasItsOwnGrants(t *testing.T) {
	h := testHandset(t, 33, "users: [0, 10]")
	mustRun(t, h, "pm grant --user 10 com.maker.notes android.permission.READ_CONTACTS")
	dump := mustRun(t, h, "dumpsys package com.maker.notes")
	_, second, ok := strings.Cut(dump, "    User 10: ")
	require.True(t, ok)
	assert.Contains(t, second, "READ_CONTACTS: granted=true")
	first, _, _ := strings.Cut(dump, "    User 10: ")
	assert.Contains(t, first, "READ_CONTACTS: granted=false")
}

func TestByteCountersFollowConnections(t *testing.T) {
	old, recent := testHandset(t, 27), testHandset(t, 33)
	for _, h := range []*Handset{old, recent} {
		mustRun(t, h, "am start -n specimen.browser/.BrowserActivity")
		mustRun(t, h, "input keyevent HOME")
		mustRun(t, h, "sleep 900")
	}
	read, ok := derived(old, "/proc/net/xt_qtaguid/stats")
	require.True(t, ok)
	uid := old.State.Package("specimen.browser").AppID
	assert.Contains(t, string(read()), fmt.Sprintf("wlan0 0x0 %d 0 8300 ", uid))
	assert.Contains(t, string(read()), fmt.Sprintf("wlan0 0x0 %d 1 90400 ", uid))
	_, ok = derived(recent, "/proc/net/xt_qtaguid/stats")
	assert.False(t, ok, "gone with Android 10")
	dump := mustRun(t, recent, "dumpsys netstats --uid")
	uid = recent.State.Package("specimen.browser").AppID
	assert.Contains(t, dump, fmt.Sprintf("    %d 98700 ", uid))
	assert.Contains(t, dump, fmt.Sprintf("uid=%d set=FOREGROUND tag=0x0\n    NetworkStatsHistory: bucketDuration=7200\n", uid))
}

// derived reads a file that stands for state, and says whether the shell may.
func derived(h *Handset, name string) (read func() []byte, ok bool) {
	_, err := h.Disk().ReadFile(name)
	return func() []byte { return must(h.Disk().ReadFile(name)) }, err == nil
}

func TestFilesOfTheKernelStandForState(t *testing.T) {
	h := testHandset(t, 28)
	for path, want := range map[string]string{
		"/proc/sys/kernel/random/boot_id": "3b1f0a52-6c1d-4f7e-9a38-5d2b7c8e9f10\n",
		"/sys/class/net/wlan0/address":    "02:00:5e:10:00:01\n",
		"/proc/uptime":                    "94449.31 491136.41\n",
	} {
		read, ok := derived(h, path)
		require.True(t, ok, path)
		assert.Equal(t, want, string(read()), path)
	}
	_, ok := derived(testHandset(t, 29), "/sys/class/net/wlan0/address")
	assert.False(t, ok, "Android 10 keeps the MAC address from the shell")
	_, errs, status := runOn(testHandset(t, 29), "cat", "/sys/class/net/wlan0/address")
	assert.Equal(t, "cat: /sys/class/net/wlan0/address: Permission denied\n", errs)
	assert.Equal(t, 1, status)
}

func TestIMEIIsTold1ByParcelUntilAndroid10(t *testing.T) {
	want := "Result: Parcel(\n" +
		"  0x00000000: 00000000 0000000f 00390034 00310030 '........4.9.0.1.'\n" +
		"  0x00000010: 00340035 00300032 00320033 00370033 '5.4.2.0.3.2.3.7.'\n" +
		"  0x00000020: 00310035 00000038                   '5.1.8...        ')\n"
	assert.Equal(t, want, mustRun(t, testHandset(t, 28), "service call iphonesubinfo 1"))
	refused := mustRun(t, testHandset(t, 29), "service call iphonesubinfo 1")
	assert.Contains(t, refused, "Result: Parcel(\n  0x00000000: ffffffff ")
	assert.Contains(t, mustRun(t, testHandset(t, 22), "dumpsys iphonesubinfo"), "Device ID = 490154203237518")
	assert.Empty(t, mustRun(t, testHandset(t, 23), "dumpsys iphonesubinfo"))
}

func TestTheShellReadsTheSIMsNumbers(t *testing.T) {
	h := testHandset(t, 33)
	const ask = "content query --uri content://telephony/siminfo"
	assert.Equal(t, "Row: 0 number=+919800000001, icc_id=8991450154203237518\n", mustRun(t, h, ask+" --projection number:icc_id"))
	assert.Contains(t, mustRun(t, h, ask), "Row: 0 _id=1, icc_id=8991450154203237518, sim_id=0, ")
	_, errs, _ := runOn(h, strings.Fields(ask+" --projection puk")...)
	assert.Contains(t, errs, "no such column: puk")
	h.Persona().Identity.IMSI = ""
	assert.Equal(t, "No result found.\n", mustRun(t, h, ask))
}

func TestNoUIDIsWithoutAState(t *testing.T) {
	each(t, func(t *testing.T, p *persona.Persona) {
		if slices.Contains(p.Denies, "appops") || p.SDK < 28 {
			return
		}
		h := New(p, 1)
		for range 3 {
			mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
			mustRun(t, h, "input keyevent HOME")
			assert.NotRegexp(t, `(?m)^    state= *$`, mustRun(t, h, "dumpsys appops"))
		}
		assert.Regexp(t, `  Uid 1000:\n    state=pers *\n`, mustRun(t, h, "dumpsys appops"))
	})
}

func TestSpansPrintAsTimeUtilsDoes(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 5 * time.Millisecond: "+5ms", -4*time.Second - 35*time.Millisecond: "-4s35ms",
		time.Hour: "+1h0m0s0ms", 24*time.Hour + 61*time.Second: "+1d0h1m1s0ms",
	} {
		assert.Equal(t, want, phone.FormatDuration(d))
	}
}

func TestScreenshotIsAPictureThatTellsPackagesApart(t *testing.T) {
	h := testHandset(t, 30)
	home := mustRun(t, h, "screencap -p")
	_, err := png.Decode(strings.NewReader(home))
	require.NoError(t, err)
	assert.Equal(t, "\x89PNG", home[:4])
	assert.EqualValues(t, 13, binary.BigEndian.Uint32([]byte(home[8:12])))
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.NotEqual(t, home, mustRun(t, h, "screencap -p"))
}

func TestClockKeepsTheWallsPaceOnRequest(t *testing.T) {
	h := testHandset(t, 30)
	h.Real()
	mustRun(t, h, "am start -n specimen.browser/.BrowserActivity")
	before := h.Now()
	require.NoError(t, h.Sleep(context.Background(), 30*time.Millisecond))
	assert.GreaterOrEqual(t, h.Now().Sub(before), 30*time.Millisecond)
	assert.Less(t, h.Now().Sub(before), time.Minute)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	assert.ErrorIs(t, h.Sleep(ctx, time.Hour), context.Canceled)
}

func TestAppOpSetByTheShellHoldsAndShows(t *testing.T) {
	h := testHandset(t, 28)
	mustRun(t, h, "pm grant specimen.camera android.permission.CAMERA")
	mustRun(t, h, "appops set specimen.camera CAMERA ignore")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.Contains(t, mustRun(t, h, "dumpsys appops"), "      CAMERA (ignore): \n          Reject: top   = 2025-03-04 ")
	assert.Equal(t, "specimen.camera\n", mustRun(t, h, "appops query-op CAMERA ignore"))
}

func TestPermissionListNamesDefinerAndLevel(t *testing.T) {
	h := testHandset(t, 33)
	out := mustRun(t, h, "pm list permissions -f -g")
	assert.True(t, strings.HasPrefix(out, "All Permissions:\n\n+ group:android.permission-group.UNDEFINED\n"))
	assert.Contains(t, out, "  + permission:android.permission.CAMERA\n    package:android\n    label:null\n    description:null\n"+
		"    protectionLevel:dangerous|instant\n")
	assert.Contains(t, out, "  + permission:com.maker.permission.SYNC\n    package:com.maker.sync\n")
	assert.NotContains(t, mustRun(t, testHandset(t, 30), "pm list permissions -d"), "POST_NOTIFICATIONS", "came with Android 13")
}

func TestAdbFeaturesAndPayloadAreTheReleases(t *testing.T) {
	old, recent := testHandset(t, 23), testHandset(t, 30)
	assert.Empty(t, old.Features())
	assert.Equal(t, 4096, old.MaxPayload())
	assert.Equal(t, "device::ro.product.name=test;ro.product.model=Test;ro.product.device=test;", old.Banner())
	assert.Contains(t, recent.Features(), "shell_v2")
	assert.Equal(t, 1<<20, recent.MaxPayload())
	assert.Contains(t, recent.Banner(), ";features=shell_v2,cmd,")
	assert.Equal(t, "TEST0001", recent.Serial())
}

func TestAClosedConnectionIsNobodysForAMinute(t *testing.T) {
	h := testHandset(t, 33)
	uid := fmt.Sprintf(" %5d ", h.State.Package("specimen.browser").AppID)
	table := func() string { return string(must(h.Disk().ReadFile("/proc/net/tcp6"))) }
	mustRun(t, h, "am start -n specimen.browser/.BrowserActivity")
	mustRun(t, h, "sleep 5")
	assert.Contains(t, table(), uid)
	mustRun(t, h, "sleep 70")
	assert.NotContains(t, table(), uid, "closed after a minute")
	assert.Regexp(t, ` 06 0{8}:0{8} 03:[0-9A-F]{8} 0{8}     0        0 0 3 `, table(), "TIME_WAIT, and no owner")
	mustRun(t, h, "sleep 60")
	assert.NotContains(t, table(), " 06 ")
}

func TestAKernelHasAlwaysCountedSomething(t *testing.T) {
	h := testHandset(t, 33)
	dump := mustRun(t, h, "dumpsys netstats")
	assert.Contains(t, dump, "    uid rxBytes rxPackets txBytes txPackets\n    0 1480 12 912 12\n    1000 2204 9 1131 11\n  mStatsMapA:")
}
