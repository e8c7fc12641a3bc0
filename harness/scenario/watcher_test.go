package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
)

// album is where a watcher's evidence goes in tests: the fake's own screen.
type album struct {
	f     *fake
	taken []string
}

func (a *album) Screen(ctx context.Context) (string, string, error) {
	a.taken = append(a.taken, "views")
	text, err := a.f.Shell(ctx, "cat", dumped)
	return "UI hierchary dumped to: x\n" + text + "\n", "views", err
}

func (a *album) Picture(context.Context) (string, error) {
	a.taken = append(a.taken, "picture")
	return "picture", nil
}

// window prints what dumpsys window says of the focus.
func window(id, name, app string) string {
	return fmt.Sprintf("WINDOW MANAGER\n  mCurrentFocus=Window{%s u0 %s}\n  mFocusedApp=ActivityRecord{7 u0 %s t5}\n", id, name, app)
}

const (
	subject   = "com.maker.camera"
	inSubject = "com.maker.camera/com.maker.camera.Main"
)

// covered is a handset on which a window stands in front of the subject until
// one of the commands in closes is given.
func covered(sdk int, name, shown string, closes ...string) (*fake, *album) {
	part := "dumpsys window displays"
	if sdk < 29 {
		part = "dumpsys window windows"
	}
	f := &fake{sdk: sdk, says: map[string][]string{"dumpsys power": {screenOn},
		part: {window("a1", name, "com.maker.camera/.Main")}, "input keyevent KEYCODE_BACK": {""}, "input keyevent KEYCODE_HOME": {""},
		"cmd role get-role-holders --user 0 android.app.role.HOME": {"com.maker.home\n"},
		ofCamera: {dump(sdk, subject, "CAMERA:false:")},
	}}
	f.shows(shown)
	f.does = func(f *fake, command string) {
		if strings.HasPrefix(command, "input tap ") {
			f.says[command] = []string{""}
		}
		for _, c := range closes {
			if command == c {
				f.says[part] = []string{window("b2", inSubject, "com.maker.camera/.Main")}
			}
		}
	}
	return f, &album{f: f}
}

func at(verb string, ahead ...Action) Moment {
	return Moment{Target: Target{Package: subject}, Action: Action{Verb: verb}, Aimed: subject, Ahead: ahead}
}

const alert = "android:id/alertTitle|?|%[1]s android:id/button2|No|%[1]s android:id/button1|Yes|%[1]s"

// alertOf is a dialog whose negative button is at 100,125 and whose positive one
// is at 100,225.
func alertOf(pkg string) string { return screen(strings.Fields(fmt.Sprintf(alert, pkg))...) }

func TestEachDialogIsSeenRecordedAndLeftWithoutAgreeing(t *testing.T) {
	const back = "input keyevent KEYCODE_BACK"
	grant := ".permission.ui.GrantPermissionsActivity"
	for _, c := range []struct {
		name   string
		sdk    int
		window string
		shown  string
		closes string
		kind   string
		answer string
	}{
		{"ANR", 33, "Application Not Responding: " + subject, screen("android:id/aerr_close||android", "android:id/aerr_wait||android"), "input tap 100 125", "anr", "wait"},
		{"ANR, Android 6", 23, "Application Not Responding: " + subject, alertOf("android"), "input tap 100 125", "anr", "wait"},
		{"crash", 30, "Application Error: " + subject, screen("android:id/aerr_restart||android", "android:id/aerr_close||android"), back, "crash", "back"},
		{"crash that BACK does not close", 30, "Application Error: " + subject, screen("android:id/aerr_restart||android", "android:id/aerr_close||android"), "input tap 100 125", "crash", "close"},
		{"crash, Android 6, with its one button", 23, "Application Error: " + subject, screen("android:id/alertTitle||android", "android:id/button1||android"), "input tap 100 125", "crash", "close"},
		{"permission, Android 13", 33, controllerPkg + "/com.android.permissioncontroller" + grant, permissionScreen(controllerPkg, "Allow Camera to take pictures and record video?", "permission_deny_button", "permission_allow_one_time_button"), back, "permission", "back"},
		{"permission, Android 9", 28, installerPkg + "/com.android.packageinstaller" + grant, permissionScreen(installerPkg, "Allow Camera to take pictures and record video?", "permission_deny_button", "permission_allow_button"), "input tap 100 125", "permission", "deny"},
		{"permission, MIUI 10", 29, "com.lbe.security.miui/com.android.packageinstaller" + grant, permissionScreen("com.lbe.security.miui", "要允许?", "permission_allow_button", "permission_deny_button"), "input tap 100 225", "permission", "deny"},
		{"update", 33, "com.wssyncmldm/com.wssyncmldm.ui.XUIInstallConfirmActivity", alertOf("com.wssyncmldm"), back, "update", "back"},
		{"update that BACK does not close", 33, "com.android.updater/com.android.updater.UpdateActivity", alertOf("com.android.updater"), "input tap 100 125", "update", "dismiss"},
		{"update whose buttons nobody knows", 33, "com.google.android.gms/com.google.android.gms.update.SystemUpdateActivity", alertOf("com.google.android.gms"), "input keyevent KEYCODE_HOME", "update", "home"},
		{"SIM toolkit", 30, "com.android.stk/com.android.stk.StkDialogActivity", alertOf("com.android.stk"), back, "sim", "back"},
		{"USB mode", 26, "com.android.settings/com.android.settings.deviceinfo.UsbModeChooserActivity", alertOf("com.android.settings"), back, "usb-mode", "back"},
		{"maker's", 29, "com.miui.securitycenter/com.miui.x.Intercept", alertOf("com.miui.securitycenter"), back, "maker", "back"},
		{"one that nobody knows", 33, "com.some.offers/com.some.offers.Ask", alertOf("com.some.offers"), back, "unknown", "back"},
		{"one that no way closes", 33, "com.some.offers/com.some.offers.Ask", alertOf("com.some.offers"), "nothing", "unknown", "stays"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, a := covered(c.sdk, c.window, c.shown, c.closes)
			w := NewWatcher(Scenario{}, a)
			all, err := w.Look(t.Context(), f, at("wait"))
			if c.answer == "home" || c.answer == "stays" {
				require.ErrorIs(t, err, ErrExpectation, "the step stops")
				assert.ErrorContains(t, err, "it is kept in picture, views")
			} else {
				require.NoError(t, err)
			}
			require.Len(t, all, 1)
			s := all[0]
			assert.Equal(t, []string{c.kind, c.answer, c.window}, []string{s.Kind, s.Answer, s.Window})
			assert.False(t, s.Declared)
			assert.Equal(t, []string{"picture", "views"}, s.Kept)
			assert.NotEmpty(t, s.IDs)
			assert.NotEmpty(t, f.changes, "what is pressed is journalled")
			for _, tapped := range f.tapped() {
				assert.Equal(t, "input tap "+tapped, c.closes, "nothing else is touched")
			}
			again, err := w.Look(t.Context(), f, at("wait"))
			require.NoError(t, err)
			assert.Empty(t, again, "a dialog is dealt with once")
		})
	}
}

func TestADialogGetsTheDeclaredAnswer(t *testing.T) {
	update := "com.wssyncmldm/com.wssyncmldm.ui.XUIInstallConfirmActivity"
	notResponding := "Application Not Responding: " + subject
	buttons := screen("android:id/aerr_close||android", "android:id/aerr_wait||android")
	for _, c := range []struct {
		declared Dialog
		window   string
		shown    string
		pressed  string
	}{
		{Dialog{"update", "dismiss"}, update, alertOf("com.wssyncmldm"), "input tap 100 125"},
		{Dialog{"update", "leave"}, update, alertOf("com.wssyncmldm"), ""},
		{Dialog{"anr", "close"}, notResponding, buttons, "input tap 100 25"},
		{Dialog{"anr", "wait"}, notResponding, buttons, "input tap 100 125"},
	} {
		f, a := covered(33, c.window, c.shown, c.pressed)
		all, err := NewWatcher(Scenario{Dialogs: []Dialog{c.declared}}, a).Look(t.Context(), f, at("wait"))
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.True(t, all[0].Declared)
		assert.Equal(t, c.declared.Answer, all[0].Answer)
		if c.pressed == "" {
			assert.Empty(t, f.changes)
			continue
		}
		assert.Equal(t, []string{strings.TrimPrefix(c.pressed, "input tap ")}, f.tapped())
	}
}

func TestAQuestionIsLeftToTheStepThatAnswersItAndNoOther(t *testing.T) {
	name := controllerPkg + "/com.android.permissioncontroller.permission.ui.GrantPermissionsActivity"
	step := func(p android.Permission) Action {
		return Action{Verb: "answer", Step: answer{permissions: []android.Permission{p}, with: "deny"}}
	}
	shown := permissionScreen(controllerPkg, "Allow Camera to take pictures and record video?", "permission_deny_button", "permission_allow_button")

	f, a := covered(33, name, shown, "input keyevent KEYCODE_BACK")
	all, err := NewWatcher(Scenario{}, a).Look(t.Context(), f, at("launch", step("android.permission.CAMERA")))
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, []any{"leave", true}, []any{all[0].Answer, all[0].Declared})
	assert.Empty(t, f.changes)

	f, a = covered(33, name, shown, "input keyevent KEYCODE_BACK")
	all, err = NewWatcher(Scenario{}, a).Look(t.Context(), f, at("launch", step("android.permission.READ_CONTACTS")))
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, []any{"back", false}, []any{all[0].Answer, all[0].Declared})
}

func TestARefusalOnADialogIsUndoneWhereTheReleaseCan(t *testing.T) {
	name := controllerPkg + "/com.android.permissioncontroller.permission.ui.GrantPermissionsActivity"
	f, a := covered(33, name, permissionScreen(controllerPkg, "Allow Camera to take pictures and record video?", "permission_deny_button", "permission_allow_button"), "input tap 100 125")
	_, err := NewWatcher(Scenario{Dialogs: []Dialog{{"permission", "deny"}}}, a).Look(t.Context(), f, at("launch"))
	require.NoError(t, err)
	assert.Contains(t, f.undos(), "pm clear-permission-flags --user 0 com.maker.camera android.permission.CAMERA user-set user-fixed")
}

func TestWhatTheScenarioOpenedIsNoDialog(t *testing.T) {
	plain := screen("com.other:id/list||com.other")
	for name, c := range map[string]struct {
		window, shown, verb string
		seen                int
	}{
		"the subject":                  {inSubject, alertOf(subject), "wait", 0},
		"the launcher":                 {"com.maker.home/com.maker.home.Home", plain, "home", 0},
		"no window in between":         {"null", plain, "tap", 0},
		"what a tap opened":            {"com.other/com.other.Main", plain, "tap", 0},
		"a menu without a name":        {"PopupWindow:1a2b", screen("x:id/y||" + subject), "tap", 0},
		"what the scenario waits for":  {"com.awaited/com.awaited.Main", alertOf("com.awaited"), "wait-for", 0},
		"an alert over what it opened": {"com.other/com.other.Main", alertOf("com.other"), "tap", 1},
		"what came by itself":          {"com.other/com.other.Main", plain, "launch", 1},
	} {
		t.Run(name, func(t *testing.T) {
			f, a := covered(33, c.window, c.shown)
			s := Scenario{Steps: []Action{{Step: waitFor{match: match{pkg: "com.awaited"}}}}}
			all, err := NewWatcher(s, a).Look(t.Context(), f, at(c.verb))
			if c.seen == 0 || all[0].Answer == "leave" {
				require.NoError(t, err)
			}
			assert.Len(t, all, c.seen)
			assert.Equal(t, c.seen > 0, slices.Contains(a.taken, "picture"))
		})
	}
}

func TestAWindowAfterALaunchIsRecordedAndNotLeftByBack(t *testing.T) {
	f, a := covered(33, "com.other/com.other.Welcome", screen("com.other:id/list||com.other"))
	all, err := NewWatcher(Scenario{}, a).Look(t.Context(), f, at("launch"))
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, []any{"unknown", "leave", false}, []any{all[0].Kind, all[0].Answer, all[0].Declared})
	assert.NotContains(t, f.ran, "input keyevent KEYCODE_BACK")
}

func TestWhatCannotBeSeenIsNotTakenForNothing(t *testing.T) {
	f := &fake{sdk: 33, says: map[string][]string{"dumpsys power": {screenOn}, "dumpsys window displays": {"nothing\n"}, "dumpsys window": {"nothing\n"}}}
	_, err := NewWatcher(Scenario{}, &album{f: f}).Look(t.Context(), f, at("wait"))
	assert.ErrorIs(t, err, ErrBlind)

	deep := "<?xml version='1.0'?><hierarchy>" + strings.Repeat("<node>", 100000) + strings.Repeat("</node>", 100000) + "</hierarchy>"
	g, a := covered(33, "com.other/com.other.Main", deep)
	_, err = NewWatcher(Scenario{}, a).Look(t.Context(), g, at("tap"))
	require.ErrorIs(t, err, ErrBlind)
	assert.Less(t, len(err.Error()), 400)
}

func TestAHandsetThatShowsDialogAfterDialogIsGivenUp(t *testing.T) {
	f, a := covered(33, "x.y/x.y.Z", alertOf("x.y"))
	n := 0
	f.does = func(f *fake, command string) {
		if command == "input keyevent KEYCODE_BACK" {
			n++
			f.says["dumpsys window displays"] = []string{window(fmt.Sprint(n), "x.y/x.y.Z", "x.y/.Z")}
		}
	}
	w := NewWatcher(Scenario{}, a)
	var err error
	looks := 0
	for ; err == nil && looks < 100; looks++ {
		_, err = w.Look(t.Context(), f, at("wait"))
	}
	assert.ErrorIs(t, err, ErrBlind)
	assert.LessOrEqual(t, n, mostSeen)
}

func TestALockScreenIsDismissedOrHandedToAPerson(t *testing.T) {
	lockedNow := "  isKeyguardShowing=true\n  showing=true\n"
	handset := func(policy ...string) *fake {
		return &fake{sdk: 33, says: map[string][]string{"dumpsys power": {screenOn},
			"dumpsys window displays": {window("1", "NotificationShade", "x.y/.Z")}, "dumpsys window policy": policy,
			"input keyevent KEYCODE_WAKEUP": {""}, "wm dismiss-keyguard": {""},
		}}
	}
	f := handset(lockedNow, "  isKeyguardShowing=false\n")
	all, err := NewWatcher(Scenario{}, &album{f: f}).Look(t.Context(), f, at("wait"))
	require.NoError(t, err)
	require.NotEmpty(t, all)
	assert.Equal(t, []any{"keyguard", "unlock", false}, []any{all[0].Kind, all[0].Answer, all[0].Declared})

	f = handset(lockedNow)
	all, err = NewWatcher(Scenario{}, &album{f: f}).Look(t.Context(), f, at("wait"))
	require.ErrorIs(t, err, ErrLocked)
	require.Len(t, all, 1)
	assert.Equal(t, "stays", all[0].Answer)

	f = handset("  isKeyguardShowing=false\n")
	all, err = NewWatcher(Scenario{}, &album{f: f}).Look(t.Context(), f, at("swipe"))
	require.NoError(t, err)
	assert.Empty(t, all, "the notifications were pulled down")
}

func TestFocusIsReadOfEachReleasesForm(t *testing.T) {
	for out, want := range map[string]focus{
		"  mCurrentFocus=Window{c4a2e6e u0 com.a/com.a.Main}\n  mFocusedApp=AppWindowToken{d token=Token{6 ActivityRecord{4 u0 com.a/.Main t8917}}}\n": {"c4a2e6e", "com.a/com.a.Main", "com.a", "com.a.Main"},
		"  mCurrentFocus=Window{42c38 u0 d0 com.a/.Main}\n  mFocusedApp=ActivityRecord{1f u0 com.b/.Two} t12}\n":                                       {"42c38", "com.a/.Main", "com.a", "com.a.Main"},
		"  mCurrentFocus=null\n  mCurrentFocus=Window{3b u0 Application Not Responding: com.a}\n":                                                      {"3b", "Application Not Responding: com.a", "", ""},
		"  mCurrentFocus=Window{16 u0 NotificationShade EXITING}\n":                                                                                    {"16", "NotificationShade", "", ""},
		"  mCurrentFocus=null\n  mFocusedApp=null\n":                                                                                                   {},
		"  mCurrentFocus=Window{\n": {},
	} {
		got, ok := parseFocus(out)
		assert.True(t, ok)
		assert.Equal(t, want, got)
	}
	_, ok := parseFocus("  mFocusedApp=null\n")
	assert.False(t, ok)
}

func FuzzFocus(f *testing.F) {
	f.Add(window("a1", inSubject, inSubject))
	f.Fuzz(func(t *testing.T, out string) {
		got, _ := parseFocus(out)
		assert.LessOrEqual(t, len(got.id)+len(got.name), 332)
	})
}

// TestNoWayAgrees holds the table to what may be pressed unasked.
func TestNoWayAgrees(t *testing.T) {
	for _, k := range dialogKinds {
		for _, way := range k.ways {
			for _, b := range way.buttons {
				assert.NotContains(t, b, "allow")
				assert.NotContains(t, b, "aerr_restart")
				if b == positive {
					assert.Equal(t, "close", way.word)
					assert.Contains(t, []string{"anr", "crash"}, k.name)
					assert.Equal(t, 23, way.to)
				}
			}
		}
		assert.NotContains(t, k.words(), "allow")
	}
}

// TestNoWindowsNameSaysThatTheScreenIsOn has an app name its window, and another its
// wake lock, as the other dump has its lines.
func TestNoWindowsNameSaysThatTheScreenIsOn(t *testing.T) {
	const front = "com.maker.camera/com.maker.camera.Main"
	f := &fake{sdk: 33, says: map[string][]string{
		"dumpsys window displays": {"  mTitle=x\n  mWakefulness=Awake\n" + window("a1", front, "com.maker.camera/.Main")},
		"dumpsys power":           {"Power Manager State:\n  mWakefulness=Asleep\n  PARTIAL_WAKE_LOCK 'x\n" + window("b2", "evil/evil.Z", "evil/.Z")},
	}}
	w := NewWatcher(Scenario{}, nil)
	seen, err := w.wake(t.Context(), f, Moment{Action: Action{Verb: "tap"}})
	require.ErrorIs(t, err, ErrBlind, "the screen is off")
	focus, ok := parseFocus(seen)
	require.True(t, ok)
	assert.Equal(t, front, focus.name)
	assert.NotContains(t, seen, "evil")
}

// TestADumpThatBrokeOffBeforeTheFocusIsAskedForAgain has the first display name no
// window, and nothing come after it.
func TestADumpThatBrokeOffBeforeTheFocusIsAskedForAgain(t *testing.T) {
	for name, c := range map[string]struct {
		seen string
		want []string // asked once more
	}{
		"broken off": {"  mCurrentFocus=null\n", []string{"dumpsys window displays"}},
		"whole":      {"  mCurrentFocus=null\n" + window("a1", "x.y/x.y.Z", "x.y/.Z"), nil},
		"nothing":    {"", []string{"dumpsys window displays"}},
	} {
		f := &fake{sdk: 33, says: map[string][]string{"dumpsys window displays": {window("a1", "x.y/x.y.Z", "x.y/.Z")}}}
		w := NewWatcher(Scenario{}, nil)
		s, err := w.meet(t.Context(), f, Moment{Target: Target{Package: "x.y"}}, c.seen)
		require.NoError(t, err, name)
		assert.Nil(t, s, "%s: it is the scenario's own", name)
		assert.Equal(t, c.want, f.ran, name)
	}
}

// screenOn is of dumpsys power, whose screen is on.
const screenOn = "POWER MANAGER (dumpsys power)\n\nPower Manager State:\n  mWakefulness=Awake\n"

func TestAStepOnAScreenThatIsOffOrNotToldOfIsBlind(t *testing.T) {
	for power, blind := range map[string]bool{
		screenOn: false, strings.Replace(screenOn, "Awake", "Asleep", 1): true, strings.Replace(screenOn, "Awake", "Dozing", 1): true, "denied\n": true,
	} {
		f := &fake{sdk: 33, says: map[string][]string{
			"dumpsys power":           {power},
			"dumpsys window displays": {window("a1", "com.maker.camera/com.maker.camera.Main", "com.maker.camera/.Main")},
		}}
		_, err := NewWatcher(Scenario{}, &album{f: f}).Look(t.Context(), f, at("wait"))
		assert.Equal(t, blind, errors.Is(err, ErrBlind), "%q: %v", power, err)
		_, err = NewWatcher(Scenario{}, &album{f: f}).Look(t.Context(), f, at("idle"))
		assert.NoError(t, err, "an idle handset may go dark")
	}
}

func TestAShadeOfWhichTheHandsetDoesNotTellWhetherItIsLockedIsBlind(t *testing.T) {
	f := &fake{sdk: 33, says: map[string][]string{
		"dumpsys power":           {screenOn},
		"dumpsys window displays": {window("1", "NotificationShade", "x.y/.Z")},
		"dumpsys window policy":   {"denied\n"},
	}}
	_, err := NewWatcher(Scenario{}, &album{f: f}).Look(t.Context(), f, at("wait"))
	assert.ErrorIs(t, err, ErrBlind)
}
