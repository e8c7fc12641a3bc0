package scenario

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
)

const (
	launchers = "cmd package query-activities --brief --user 0 -a android.intent.action.MAIN -c android.intent.category.LAUNCHER"
	system    = "pm list packages -s --user 0"
	stillShot = "cmd package resolve-activity --brief --user 0 -a android.media.action.STILL_IMAGE_CAMERA"
	stillAll  = "cmd package query-activities --brief --user 0 -a android.media.action.STILL_IMAGE_CAMERA"
	resolver  = "priority=0 preferredOrder=0 match=0x0 specificIndex=-1 isDefault=true\nandroid/com.android.internal.app.ResolverActivity\n"
)

// brief prints activities as query-activities --brief does.
func brief(components ...string) string {
	if len(components) == 0 {
		return "No activities found\n"
	}
	out := "2 activities found:\n"
	for _, c := range components {
		out += "  Activity #0:\n    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\n    " + c + "\n"
	}
	return out
}

// one prints an activity as resolve-activity --brief does.
func one(component string) string {
	return "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true\n" + component + "\n"
}

const marshmallow = `Activity Resolver Table:
  Schemes:
      http:
        41d5b2e8 com.android.browser/.BrowserActivity filter 42365f10
          Action: "android.intent.action.VIEW"
          Category: "android.intent.category.DEFAULT"
          Category: "android.intent.category.BROWSABLE"
          Scheme: "http"
        5ffa0c1 com.user.browser/.Main filter 1111
          Action: "android.intent.action.VIEW"
          Category: "android.intent.category.BROWSABLE"
  Non-Data Actions:
      android.intent.action.MAIN:
        9c0bd3f com.maker.gallery/.Albums filter 474598
          Action: "android.intent.action.MAIN"
          Category: "android.intent.category.APP_GALLERY"
          Category: "android.intent.category.LAUNCHER"
        7827b90 com.maker.skyweather/.Main filter 594ac89
          Action: "android.intent.action.MAIN"
          Category: "android.intent.category.LAUNCHER"
      android.media.action.STILL_IMAGE_CAMERA:
        1245ea0 com.maker.camera/com.maker.shot.Camera filter df3261e
          Action: "android.media.action.STILL_IMAGE_CAMERA"
          Category: "android.intent.category.DEFAULT"
  MIME Typed Actions:
      android.intent.action.MAIN:
        18fdaf6 com.never/.Typed filter f3b5ef7
          Action: "android.intent.action.MAIN"
          Category: "android.intent.category.LAUNCHER"

Receiver Resolver Table:
  Non-Data Actions:
      android.intent.action.MAIN:
        fc90d17 com.never/.Receiver filter a024d22
          Action: "android.intent.action.MAIN"
          Category: "android.intent.category.LAUNCHER"
`

func TestARoleIsResolvedByWhatItsReleaseOffers(t *testing.T) {
	icons := map[string][]string{launchers: {brief("com.maker.camera/.Main", "com.maker.dial/.Dial", "com.maker.skyweather/.Main")}, system: {"package:android\npackage:com.maker.camera\npackage:com.maker.dial\npackage:com.maker.skyweather\npackage:com.z.camera\n"}}
	old := map[string][]string{"dumpsys package -f": {marshmallow}, system: {"package:android\npackage:com.android.browser\npackage:com.maker.gallery\npackage:com.maker.skyweather\npackage:com.maker.camera\n"}}
	for _, c := range []struct {
		name string
		sdk  int
		role string
		says map[string][]string
		want Target
	}{
		{
			"Android 10 and later ask for the holder", 30, "dialer",
			map[string][]string{"cmd role get-role-holders --user 0 android.app.role.DIALER": {"com.maker.dial\n"}},
			Target{"com.maker.dial", "com.maker.dial/com.maker.dial.Dial", "holder of android.app.role.DIALER"},
		},
		{
			"of several holders the first", 29, "dialer",
			map[string][]string{"cmd role get-role-holders --user 0 android.app.role.DIALER": {"com.maker.dial;com.other\n"}},
			Target{"com.maker.dial", "com.maker.dial/com.maker.dial.Dial", "holder of android.app.role.DIALER"},
		},
		{
			"Android 7 to 9 read the default from settings", 28, "dialer",
			map[string][]string{"settings get --user 0 secure dialer_default_application": {"com.maker.dial\n"}},
			Target{"com.maker.dial", "com.maker.dial/com.maker.dial.Dial", "settings secure dialer_default_application"},
		},
		{
			"without a default the intent decides", 28, "dialer",
			map[string][]string{
				"settings get --user 0 secure dialer_default_application":                     {"null\n"},
				"cmd package resolve-activity --brief --user 0 -a android.intent.action.DIAL": {one("com.maker.dial/.DialtactsActivity")},
			},
			Target{"com.maker.dial", "com.maker.dial/com.maker.dial.Dial", "answers -a android.intent.action.DIAL"},
		},
		{
			"a keyboard has no icon", 30, "keyboard",
			map[string][]string{"settings get --user 0 secure default_input_method": {"com.maker.ime/.LatinIME\n"}},
			Target{"com.maker.ime", "", "settings secure default_input_method"},
		},
		{
			"an icon is preferred to the activity that answers", 33, "camera",
			map[string][]string{stillShot: {one("com.maker.camera/.SecureCamera")}},
			Target{"com.maker.camera", "com.maker.camera/com.maker.camera.Main", "answers -a android.media.action.STILL_IMAGE_CAMERA"},
		},
		{
			"a chooser is no answer: the first preinstalled by name", 33, "camera",
			map[string][]string{stillShot: {resolver}, stillAll: {brief("com.z.camera/.A", "com.user.camera/.B", "com.maker.camera/.C")}},
			Target{"com.maker.camera", "com.maker.camera/com.maker.camera.Main", "first by name of 2 preinstalled apps that answer -a android.media.action.STILL_IMAGE_CAMERA"},
		},
		{
			"where Android has no word the package's name decides", 30, "weather",
			map[string][]string{"cmd package resolve-activity --brief --user 0 -a android.intent.action.MAIN -c android.intent.category.APP_WEATHER": {"No activity found\n"}},
			Target{"com.maker.skyweather", "com.maker.skyweather/com.maker.skyweather.Main", `its name contains "weather"`},
		},
		{"Android 6 reads the resolver table", 23, "camera", old, Target{"com.maker.camera", "com.maker.camera/com.maker.shot.Camera", "answers -a android.media.action.STILL_IMAGE_CAMERA"}},
		{"the table knows categories", 22, "gallery", old, Target{"com.maker.gallery", "com.maker.gallery/com.maker.gallery.Albums", "answers -a android.intent.action.MAIN -c android.intent.category.APP_GALLERY"}},
		{"the table knows schemes, and a user's app is not preinstalled", 23, "browser", old, Target{"com.android.browser", "com.android.browser/com.android.browser.BrowserActivity", "answers -a android.intent.action.VIEW -c android.intent.category.BROWSABLE -d http://example.invalid"}},
		{"the table gives icons for names", 23, "weather", old, Target{"com.maker.skyweather", "com.maker.skyweather/com.maker.skyweather.Main", `its name contains "weather"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fake{sdk: c.sdk, says: map[string][]string{}}
			for k, v := range icons {
				f.says[k] = v
			}
			for k, v := range c.says {
				f.says[k] = v
			}
			got, err := Resolve(context.Background(), f, Subject{Role: c.role}, Overrides{})
			require.NoError(t, err)
			assert.Equal(t, []Target{c.want}, got)
		})
	}
}

func TestTheInventoryOverridesARoleWhereThePackageIsThere(t *testing.T) {
	o := Overrides{Brand: "Maker", Roles: map[string]map[string]android.Package{"maker": {"camera": "com.maker.prism"}}}
	f := &fake{sdk: 30, says: map[string][]string{
		"pm list packages --user 0 com.maker.prism": {"package:com.maker.prism\npackage:com.maker.prism.extra\n"},
		launchers: {brief("com.maker.prism/.Open")},
		stillShot: {one("com.maker.camera/.Shot")},
	}}
	got, err := Resolve(context.Background(), f, Subject{Role: "camera"}, o)
	require.NoError(t, err)
	assert.Equal(t, []Target{{"com.maker.prism", "com.maker.prism/com.maker.prism.Open", "named by the inventory"}}, got)

	f.says["pm list packages --user 0 com.maker.prism"] = []string{"package:com.maker.prism.extra\n"}
	got, err = Resolve(context.Background(), f, Subject{Role: "camera"}, o)
	require.NoError(t, err)
	assert.Equal(t, android.Package("com.maker.camera"), got[0].Package)
}

func TestEachGivesEveryLaunchablePreinstalledAppOnceByName(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{
		launchers: {brief("com.z/.Main", "com.user/.Main", "com.a/.First", "com.a/.Second")},
		system:    {"package:android\npackage:com.a\npackage:com.z\npackage:com.noicon\n"},
	}}
	got, err := Resolve(context.Background(), f, Subject{Each: Launchable}, Overrides{})
	require.NoError(t, err)
	assert.Equal(t, []Target{
		{"com.a", "com.a/com.a.First", "launchable and preinstalled"},
		{"com.z", "com.z/com.z.Main", "launchable and preinstalled"},
	}, got)
}

func TestAControlHasTheHandsetAsItsTarget(t *testing.T) {
	f := &fake{sdk: 30}
	got, err := Resolve(context.Background(), f, Subject{}, Overrides{})
	require.NoError(t, err)
	assert.Equal(t, []Target{{}}, got)
	assert.Empty(t, f.ran)
}

func TestNoTargetSaysEverythingThatWasTried(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{launchers: {"No activities found\n"}, system: {"package:android\n"}}}
	_, err := Resolve(context.Background(), f, Subject{Role: "dialer"}, Overrides{})
	require.ErrorIs(t, err, ErrNoTarget)
	var n *NoTarget
	require.ErrorAs(t, err, &n)
	assert.Equal(t, []string{
		"the holder of android.app.role.DIALER: none",
		"settings secure dialer_default_application: none",
		"the activity for -a android.intent.action.DIAL: none",
		"launchable preinstalled packages named like dialer, incallui, phone: none",
	}, n.Tried)
	assert.ErrorContains(t, err, "no app for role: dialer: tried the holder of")

	_, err = Resolve(context.Background(), f, Subject{Package: "com.gone"}, Overrides{})
	assert.Error(t, err)
	f.says["pm list packages --user 0 com.gone"] = []string{""}
	_, err = Resolve(context.Background(), f, Subject{Package: "com.gone"}, Overrides{})
	assert.ErrorIs(t, err, ErrNoTarget)
}

func TestALostHandsetIsNoMissingApp(t *testing.T) {
	for _, s := range []Subject{{Role: "camera"}, {Role: "dialer"}, {Role: "keyboard"}, {Package: "com.x"}, {Each: Launchable}, {Intent: Intent{Action: "a.b"}}} {
		for _, sdk := range []int{22, 28, 34} {
			f := &fake{sdk: sdk, cut: errors.New("transport lost")}
			_, err := Resolve(context.Background(), f, s, Overrides{})
			assert.ErrorIs(t, err, f.cut, "%s on SDK %d", s, sdk)
			assert.NotErrorIs(t, err, ErrNoTarget)
		}
	}
}

func TestParseTableReadsRealDumps(t *testing.T) {
	file := filepath.Join("..", "..", "..", "shared", "corpus", "oppo_realme", "ColorOS_MTK_unknown", "15", "dumpsys_package_one.txt")
	raw, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skip("no corpus of real print-outs beside the repository")
	}
	require.NoError(t, err)
	var launch, scheme int
	for _, e := range parseTable(string(raw)) {
		if e.answers(main("LAUNCHER")) {
			launch++
			assert.Equal(t, "com.astrohark.app/com.astrohark.app.MainActivity", e.String())
		}
		if e.answers(Intent{Action: "android.intent.action.VIEW", Data: "astrohark:x"}) {
			scheme++
		}
	}
	assert.Equal(t, 1, launch)
	assert.Equal(t, 3, scheme, "one for each filter")
}

func TestRolesAreSortedAndEachCanBeResolved(t *testing.T) {
	assert.IsIncreasing(t, RoleNames())
	for _, r := range roles {
		assert.NotEmpty(t, r.holder+r.setting+stringsOf(r.intents)+stringsOf(r.words), r.name)
	}
}

func stringsOf[T any](all []T) string {
	if len(all) == 0 {
		return ""
	}
	return "some"
}

func TestNeedsSayWhatAHandsetLacks(t *testing.T) {
	f := &fake{sdk: 28, says: map[string][]string{
		"pm list features": {"feature:reqGlEsVersion=0x30001\nfeature:android.hardware.camera=1\nfeature:android.hardware.wifi\n"},
		launchers:          {"No activities found\n"},
		system:             {"package:android\n"},
	}}
	for _, c := range []struct {
		needs Needs
		want  string
	}{
		{Needs{}, ""},
		{Needs{MinSDK: 23, MaxSDK: 28, Features: []string{"android.hardware.camera", "android.hardware.wifi"}}, ""},
		{Needs{MinSDK: 29}, "needs SDK 29 or later, the handset has 28"},
		{Needs{MaxSDK: 27}, "needs SDK 27 or earlier, the handset has 28"},
		{Needs{Features: []string{"android.hardware.nfc"}}, "needs the feature android.hardware.nfc"},
	} {
		got, err := c.needs.Lacks(context.Background(), f, Overrides{})
		require.NoError(t, err)
		assert.Equal(t, c.want, got)
	}
	got, err := Needs{Roles: []string{"weather"}}.Lacks(context.Background(), f, Overrides{})
	require.NoError(t, err)
	assert.Contains(t, got, "needs an app in the role weather")
}

// FuzzResolve gives a hostile handset's print-outs to everything that reads one.
func FuzzResolve(f *testing.F) {
	f.Add(marshmallow)
	f.Add(brief("com.a/.B", "android/com.android.internal.app.ResolverActivity"))
	f.Add("package:com.a\nfeature:x=1\nPhysical size: 1x1\n")
	f.Add(dump(30, "com.a", "CAMERA:true:USER_SET"))
	f.Fuzz(func(t *testing.T, out string) {
		for _, c := range append(components(out), tableComponents(out)...) {
			again, ok := parseComponent(c.String())
			require.True(t, ok, "%q", c)
			assert.Equal(t, c, again)
		}
		for _, pkg := range listed(out) {
			assert.Regexp(t, packageForm, pkg)
		}
		features(out)
		started(out)
		if w, h, ok := screenSize(out); ok {
			assert.Positive(t, w)
			assert.Positive(t, h)
		}
		p, _ := parsePermissions(out, "com.a")
		assert.LessOrEqual(t, len(p.requested)+len(p.runtime), len(out))
	})
}

func tableComponents(out string) []component {
	var all []component
	for _, e := range parseTable(out) {
		all = append(all, e.component)
	}
	return all
}

// TestSilenceIsNoMissingApp has the handset print nothing, as one does whose package
// manager fails with exit status 0: that it lacks an app or a feature is not said.
func TestSilenceIsNoMissingApp(t *testing.T) {
	whole := map[string]string{launchers: "No activities found\n", system: "package:android\n", "pm list features": "feature:android.hardware.wifi\n", "dumpsys package -f": marshmallow}
	for _, s := range []Subject{{Role: "camera"}, {Role: "dialer"}, {Role: "keyboard"}, {Package: "com.x"}, {Each: Launchable}, {Intent: Intent{Action: "a.b"}}} {
		for _, sdk := range []int{22, 28, 34} {
			says := map[string][]string{"pm list packages --user 0 com.x": {""}}
			for command, out := range whole {
				says[command] = []string{out}
			}
			_, err := Resolve(context.Background(), &fake{sdk: sdk, says: says}, s, Overrides{})
			assert.ErrorIs(t, err, ErrNoTarget, "%+v on SDK %d", s, sdk)
			for _, silent := range []string{"", "\n"} {
				says[system], says[launchers], says["dumpsys package -f"] = []string{silent}, []string{silent}, []string{silent}
				_, err := Resolve(context.Background(), &fake{sdk: sdk, says: says}, s, Overrides{})
				require.Error(t, err)
				assert.NotErrorIs(t, err, ErrNoTarget, "%+v on SDK %d", s, sdk)
			}
		}
	}
	_, err := Needs{Features: []string{"android.hardware.nfc"}}.Lacks(context.Background(), &fake{sdk: 30, says: map[string][]string{"pm list features": {"\n"}}}, Overrides{})
	assert.ErrorContains(t, err, "what it printed is not all")
}
