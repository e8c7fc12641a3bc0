package scenario

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/obstacle"
)

const ofCamera = "dumpsys package com.maker.camera"

// asking is a handset on which the camera's dialog shows, and whose record reads
// after once it was tapped.
func asking(sdk int, shown, before, after string) *fake {
	f := &fake{sdk: sdk, says: map[string][]string{ofCamera: {before}}}
	f.shows(shown)
	f.does = func(f *fake, command string) {
		if strings.HasPrefix(command, "input tap ") {
			f.says[command] = []string{""}
			f.says[ofCamera] = []string{after}
		}
	}
	return f
}

const (
	cameras       = "Allow Camera to take pictures and record video?"
	installerPkg  = "com.android.packageinstaller"
	controllerPkg = "com.google.android.permissioncontroller"
)

func TestAnswerTapsTheDeclaredButtonOfEachRelease(t *testing.T) {
	for _, c := range []struct {
		name    string
		sdk     int
		with    string
		pkg     string
		buttons []string
		after   string // state and flags of the permission
		tapped  []string
		undos   []string
	}{
		{
			"Android 6 refuses", 23, "deny", installerPkg,
			[]string{"permission_deny_button", "permission_allow_button"}, "false:USER_SET", []string{"100 125"}, []string{""},
		},
		{
			"Android 9 refuses for good by the box", 28, "deny-forever", installerPkg,
			[]string{"do_not_ask_checkbox", "permission_deny_button", "permission_allow_button"}, "false:USER_SET|USER_FIXED", []string{"100 125", "100 225"}, []string{""},
		},
		{
			"Android 8 has one Allow", 27, "allow-foreground", installerPkg,
			[]string{"permission_deny_button", "permission_allow_button"}, "true:USER_SET", []string{"100 225"},
			[]string{"", "pm revoke --user 0 com.maker.camera android.permission.CAMERA"},
		},
		{
			"Android 10 refuses for good by a button", 29, "deny-forever", controllerPkg,
			[]string{"permission_allow_button", "permission_deny_button", "permission_deny_and_dont_ask_again_button"}, "false:USER_SET|USER_FIXED", []string{"100 325"}, []string{""},
		},
		{
			"Android 12 refuses, and can wipe that out", 31, "deny", controllerPkg,
			[]string{"permission_allow_foreground_only_button", "permission_allow_one_time_button", "permission_deny_button"}, "false:USER_SET", []string{"100 325"},
			[]string{"pm clear-permission-flags --user 0 com.maker.camera android.permission.CAMERA user-set user-fixed"},
		},
		{
			"Android 11 refuses a second time", 30, "deny", controllerPkg,
			[]string{"permission_allow_foreground_only_button", "permission_deny_and_dont_ask_again_button"}, "false:USER_SET|USER_FIXED", []string{"100 225"}, []string{""},
		},
		{
			"Android 13 allows while in use", 33, "allow-foreground", controllerPkg,
			[]string{"permission_allow_foreground_only_button", "permission_allow_one_time_button", "permission_deny_button"}, "true:USER_SET", []string{"100 125"},
			[]string{
				"pm clear-permission-flags --user 0 com.maker.camera android.permission.CAMERA user-set user-fixed",
				"pm revoke --user 0 com.maker.camera android.permission.CAMERA",
			},
		},
		{
			"allow is the most lasting that is offered", 34, "allow", controllerPkg,
			[]string{"permission_allow_foreground_only_button", "permission_allow_one_time_button"}, "true:USER_SET", []string{"100 125"},
			[]string{
				"pm clear-permission-flags --user 0 com.maker.camera android.permission.CAMERA user-set user-fixed",
				"pm revoke --user 0 com.maker.camera android.permission.CAMERA",
			},
		},
		{
			"once", 34, "allow-once", controllerPkg,
			[]string{"permission_allow_foreground_only_button", "permission_allow_one_time_button"}, "true:ONE_TIME", []string{"100 225"},
			[]string{
				"pm clear-permission-flags --user 0 com.maker.camera android.permission.CAMERA user-set user-fixed",
				"pm revoke --user 0 com.maker.camera android.permission.CAMERA",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := asking(c.sdk, permissionScreen(c.pkg, "कैमरा को फ़ोटो खींचने और वीडियो रिकॉर्ड करने की अनुमति देनी है?", c.buttons...),
				dump(c.sdk, "com.maker.camera", "CAMERA:false:"), dump(c.sdk, "com.maker.camera", "CAMERA:"+c.after))
			report, err := do(t, f, "answer: {permission: CAMERA, with: "+c.with+"}")
			require.NoError(t, err)
			assert.Equal(t, Report{Package: "com.maker.camera", Dialog: "android.permission.CAMERA", Answer: c.with}, report)
			assert.Equal(t, c.tapped, f.tapped())
			assert.Equal(t, c.undos, f.undos())
		})
	}
}

func TestAnswerIsNotApplicableWhereNobodyIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		sdk  int
		dump string
		want string
	}{
		"Android 5":            {22, "", "before Android 6 nobody is asked"},
		"it is held already":   {30, dump(30, "com.maker.camera", "CAMERA:true:SYSTEM_FIXED"), "com.maker.camera holds CAMERA already: nobody is asked"},
		"it was not requested": {30, dump(30, "com.maker.camera", "READ_SMS:false:"), "com.maker.camera requests no CAMERA"},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{sdk: c.sdk, says: map[string][]string{ofCamera: {c.dump}}}
			report, err := do(t, f, "answer: {permission: CAMERA, with: deny}")
			require.NoError(t, err)
			assert.True(t, report.NotApplicable)
			assert.Equal(t, c.want, report.Detail)
			assert.Empty(t, f.changes)
		})
	}
}

func TestAnswerIsUnmetWhereNoDialogAppears(t *testing.T) {
	f := asking(30, screen("com.maker.camera:id/shutter||com.maker.camera"), dump(30, "com.maker.camera", "CAMERA:false:USER_SET"), "")
	_, err := do(t, f, "answer: {permission: CAMERA, with: deny, within: 5s}")
	assert.EqualError(t, err, "expected a dialog that asks for CAMERA: no dialog appeared within 5s: the screen shows com.maker.camera")
	assert.ErrorIs(t, err, ErrExpectation)
	assert.Equal(t, 5*time.Second, f.slept)
	assert.Empty(t, f.changes)
}

func TestAnswerLeavesADialogForSomethingElseAlone(t *testing.T) {
	for _, message := range []string{
		"Allow <b>Camera</b> to access this device’s location?",
		"Allow Camera to send you notifications?",
		"Allow Camera to make and manage phone calls?",
	} {
		for _, with := range []string{"allow", "deny"} {
			f := asking(33, permissionScreen(controllerPkg, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(message), "permission_allow_button", "permission_deny_button"),
				dump(33, "com.maker.camera", "CAMERA:false:", "ACCESS_FINE_LOCATION:false:"), "")
			_, err := do(t, f, "answer: {permission: CAMERA, with: "+with+"}")
			assert.ErrorIs(t, err, ErrExpectation)
			assert.ErrorContains(t, err, "which is left alone")
			assert.Empty(t, f.tapped(), "%s: %s", with, message)
			assert.Empty(t, f.changes)
		}
	}
}

func TestAnswerIsUnmetWhereTheDialogOffersNoSuchAnswer(t *testing.T) {
	f := asking(29, permissionScreen(controllerPkg, "Allow Camera to take pictures and record video?", "permission_allow_button", "permission_deny_button"),
		dump(29, "com.maker.camera", "CAMERA:false:"), "")
	_, err := do(t, f, "answer: {permission: CAMERA, with: allow-once}")
	assert.EqualError(t, err, "expected a dialog that offers allow-once: it offers allow, deny")
	assert.Empty(t, f.tapped())

	f = asking(28, permissionScreen(installerPkg, cameras, "permission_allow_button", "permission_deny_button"), dump(28, "com.maker.camera", "CAMERA:false:"), "")
	_, err = do(t, f, "answer: {permission: CAMERA, with: deny-forever}")
	assert.ErrorContains(t, err, "it has no box for it")
	assert.Empty(t, f.tapped())
}

func TestAnswerTakesBackWhatItDidNotDeclare(t *testing.T) {
	f := asking(28, permissionScreen(installerPkg, cameras, "permission_deny_button", "permission_allow_button"),
		dump(28, "com.maker.camera", "CAMERA:false:", "READ_CONTACTS:false:"), dump(28, "com.maker.camera", "CAMERA:false:", "READ_CONTACTS:true:USER_SET"))
	f.says["pm revoke --user 0 com.maker.camera android.permission.READ_CONTACTS"] = []string{""}
	_, err := do(t, f, "answer: {permission: CAMERA, with: allow}")
	assert.EqualError(t, err, "expected CAMERA to be answered with allow: the dialog gave READ_CONTACTS, which was taken back")
	assert.Contains(t, f.ran, "pm revoke --user 0 com.maker.camera android.permission.READ_CONTACTS")
}

func TestAnswerIsUnmetWhereTheRecordDoesNotShowIt(t *testing.T) {
	before := dump(30, "com.maker.camera", "CAMERA:false:")
	f := asking(30, permissionScreen(controllerPkg, cameras, "permission_deny_button"), before, before)
	_, err := do(t, f, "answer: {permission: CAMERA, with: deny}")
	assert.EqualError(t, err, "expected CAMERA to be answered with deny: granted=false flags=")
}

func TestAnswerAboutLocationCoversItsPartners(t *testing.T) {
	f := asking(31, permissionScreen(controllerPkg, "Allow Weather to access this device’s location?", "permission_allow_foreground_only_button", "permission_deny_button"),
		dump(31, "com.maker.camera", "ACCESS_COARSE_LOCATION:false:", "ACCESS_FINE_LOCATION:false:", "ACCESS_BACKGROUND_LOCATION:false:"),
		dump(31, "com.maker.camera", "ACCESS_COARSE_LOCATION:true:USER_SET", "ACCESS_FINE_LOCATION:true:USER_SET", "ACCESS_BACKGROUND_LOCATION:false:"))
	report, err := do(t, f, "answer: {permission: [ACCESS_FINE_LOCATION], with: allow-foreground}")
	require.NoError(t, err)
	assert.Equal(t, "android.permission.ACCESS_FINE_LOCATION", report.Dialog)

	f = asking(31, permissionScreen(controllerPkg, "Allow Weather to access this device’s location?", "permission_allow_foreground_only_button"),
		dump(31, "com.maker.camera", "ACCESS_FINE_LOCATION:false:", "ACCESS_BACKGROUND_LOCATION:false:"),
		dump(31, "com.maker.camera", "ACCESS_FINE_LOCATION:true:USER_SET", "ACCESS_BACKGROUND_LOCATION:true:"))
	f.says["pm revoke --user 0 com.maker.camera android.permission.ACCESS_BACKGROUND_LOCATION"] = []string{""}
	_, err = do(t, f, "answer: {permission: [ACCESS_FINE_LOCATION], with: allow-foreground}")
	assert.ErrorContains(t, err, "the dialog gave ACCESS_BACKGROUND_LOCATION, which was taken back")
}

// changing is a handset whose record reads after once pm has run.
func changing(sdk int, before, after string) *fake {
	f := &fake{sdk: sdk, says: map[string][]string{ofCamera: {before}}}
	f.does = func(f *fake, command string) {
		if strings.HasPrefix(command, "pm ") {
			f.says[command] = []string{""}
			f.says[ofCamera] = []string{after}
		}
	}
	return f
}

func pmCommands(f *fake) []string {
	var all []string
	for _, c := range f.ran {
		if strings.HasPrefix(c, "pm ") {
			all = append(all, c)
		}
	}
	return all
}

func TestRevokeJournalsHowToGiveBackAndMakesTheAppAskAsIfForTheFirstTime(t *testing.T) {
	f := changing(33, dump(33, "com.maker.camera", "CAMERA:true:USER_SET", "RECORD_AUDIO:false:"), dump(33, "com.maker.camera", "CAMERA:false:", "RECORD_AUDIO:false:"))
	report, err := do(t, f, "revoke: [CAMERA, RECORD_AUDIO, READ_CONTACTS]")
	require.NoError(t, err)
	assert.Equal(t, "done for CAMERA, RECORD_AUDIO", report.Detail)
	assert.Equal(t, []string{
		"pm revoke --user 0 com.maker.camera android.permission.CAMERA",
		"pm clear-permission-flags --user 0 com.maker.camera android.permission.CAMERA user-set",
	}, pmCommands(f))
	assert.Equal(t, []string{
		"pm grant --user 0 com.maker.camera android.permission.CAMERA",
		"pm set-permission-flags --user 0 com.maker.camera android.permission.CAMERA user-set",
	}, f.undos())
}

func TestRevokeLeavesFlagsAloneBeforeAndroid11(t *testing.T) {
	f := changing(28, dump(28, "com.maker.camera", "CAMERA:true:USER_SET"), dump(28, "com.maker.camera", "CAMERA:false:USER_SET"))
	_, err := do(t, f, "revoke: CAMERA")
	require.NoError(t, err)
	assert.Equal(t, []string{"pm revoke --user 0 com.maker.camera android.permission.CAMERA"}, pmCommands(f))
}

func TestRevokeAndGrantSkipWhatIsSoAlready(t *testing.T) {
	record := dump(30, "com.maker.camera", "CAMERA:false:", "RECORD_AUDIO:true:")
	for _, text := range []string{"revoke: CAMERA", "grant: RECORD_AUDIO"} {
		f := changing(30, record, record)
		_, err := do(t, f, text)
		require.NoError(t, err)
		assert.Empty(t, pmCommands(f), text)
		assert.Empty(t, f.changes, text)
	}
}

func TestGrantJournalsHowToTakeBack(t *testing.T) {
	f := changing(24, dump(24, "com.maker.camera", "READ_CONTACTS:false:"), dump(24, "com.maker.camera", "READ_CONTACTS:true:"))
	_, err := do(t, f, "grant: READ_CONTACTS")
	require.NoError(t, err)
	assert.Equal(t, []string{"pm grant --user 0 com.maker.camera android.permission.READ_CONTACTS"}, pmCommands(f))
	assert.Equal(t, []string{"pm revoke --user 0 com.maker.camera android.permission.READ_CONTACTS"}, f.undos())
}

func TestPermissionsThatCannotChangeAreNotApplicable(t *testing.T) {
	for name, c := range map[string]struct {
		sdk  int
		dump string
		want string
	}{
		"Android 5":       {22, "", "before Android 6 permissions come with installation"},
		"system-fixed":    {30, dump(30, "com.maker.camera", "CAMERA:true:SYSTEM_FIXED|GRANTED_BY_DEFAULT"), "CAMERA is fixed by the image or a policy"},
		"policy-fixed":    {26, dump(26, "com.maker.camera", "CAMERA:true:POLICY_FIXED"), "CAMERA is fixed by the image or a policy"},
		"never requested": {30, dump(30, "com.maker.camera", "READ_SMS:true:"), "com.maker.camera requests no CAMERA"},
	} {
		t.Run(name, func(t *testing.T) {
			f := changing(c.sdk, c.dump, c.dump)
			report, err := do(t, f, "revoke: CAMERA")
			require.NoError(t, err)
			assert.True(t, report.NotApplicable)
			assert.Equal(t, c.want, report.Detail)
			assert.Empty(t, f.changes)
		})
	}
}

func TestAChangeThatTheRecordDoesNotShowIsTheLabsMatter(t *testing.T) {
	for text, record := range map[string]string{
		"revoke: CAMERA": dump(36, "com.maker.camera", "CAMERA:true:"), "grant: CAMERA": dump(36, "com.maker.camera", "CAMERA:false:"),
	} {
		_, err := do(t, changing(36, record, record), text)
		var none *obstacle.Refusal
		require.ErrorAs(t, err, &none, text)
		assert.True(t, none.Silent)
		assert.Contains(t, none.What, "_RUNTIME_PERMISSIONS")
	}
}

// TestAnAppOfOldIsNotChangedInSilence: pm returns without a word, and does nothing.
func TestAnAppOfOldIsNotChangedInSilence(t *testing.T) {
	record := strings.Replace(dump(30, "com.maker.camera", "CAMERA:true:"), "    userId=", "    versionCode=3 minSdk=15 targetSdk=22\n    userId=", 1)
	for _, text := range []string{"revoke: CAMERA", "grant: CAMERA"} {
		f := changing(30, record, record)
		report, err := do(t, f, text)
		require.NoError(t, err)
		assert.True(t, report.NotApplicable)
		assert.Equal(t, "com.maker.camera is made for Android before 6 (targetSdk 22): its permissions came with its installation", report.Detail)
		assert.Empty(t, pmCommands(f))
		assert.Empty(t, f.changes)
	}
}

func TestAPackageThatIsNotThereIsUnmetAndALostTransportIsNot(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{ofCamera: {"Unable to find package: com.maker.camera\n"}}}
	_, err := do(t, f, "revoke: CAMERA")
	assert.ErrorIs(t, err, ErrExpectation)

	f = &fake{sdk: 30, cut: errors.New("transport lost")}
	for _, text := range []string{"revoke: CAMERA", "grant: CAMERA", "answer: {permission: CAMERA, with: deny}"} {
		_, err = do(t, f, text)
		assert.ErrorIs(t, err, f.cut)
		assert.NotErrorIs(t, err, ErrExpectation)
	}
}

func TestNothingIsConcludedFromAPackagesDumpThatWasCutOff(t *testing.T) {
	whole := dump(27, "com.maker.camera", "CAMERA:true:")
	for name, c := range map[string]struct {
		sdk  int
		upTo string
		lack string
	}{
		"before what it requests, on Android 6":      {23, "    requested permissions:", "no line of user 0"},
		"before the package":                         {27, "  Package [", "goes on to the package's compilation"},
		"within what it requests":                    {27, "android.permission.CAMERA\n", "no line of user 0"},
		"within what it holds, from Android 8 on":    {27, "    User 10:", "goes on to the package's compilation"},
		"behind the factory copy, from Android 8 on": {27, "Dexopt state:", "goes on to the package's compilation"},
	} {
		t.Run(name, func(t *testing.T) {
			part, _, found := strings.Cut(whole, c.upTo)
			require.True(t, found)
			for _, step := range []Step{
				revoke{permissionChange{permissions: names("CAMERA")}},
				answer{permissions: names("CAMERA"), with: "deny"},
			} {
				f := &fake{sdk: c.sdk, says: map[string][]string{ofCamera: {part}}}
				report, err := step.Do(t.Context(), f, Target{Package: "com.maker.camera"})
				require.ErrorContains(t, err, c.lack)
				var unmet *Unmet
				assert.False(t, errors.As(err, &unmet), "the handset's words were cut off: that is no verdict on it")
				assert.False(t, report.NotApplicable)
			}
		})
	}
}
