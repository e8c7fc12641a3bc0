package baseline_test

import (
	"testing"

	"assay/harness/android"
	"assay/harness/baseline"

	"github.com/stretchr/testify/assert"
)

const (
	dial  = "role:android.app.role.DIALER"
	sms   = android.Permission("android.permission.SEND_SMS")
	store = android.Permission("android.permission.READ_EXTERNAL_STORAGE")
	find  = android.Permission("android.permission.ACCESS_FINE_LOCATION")
	maps  = "category:android.intent.category.APP_MAPS"
)

// image is a handset all of whose packages are of the image, and on which somebody
// other than the probe answers what is given.
func image(replies map[string]baseline.Reply) handset {
	return handset{replies: replies, image: baseline.Yes, signed: map[android.Package]android.Package{}, is: map[baseline.Condition]baseline.Told{}}
}

func ask(sdk int, p android.Permission, flags ...string) baseline.Question {
	return baseline.Question{SDK: sdk, Permission: p, Package: probe, UID: 10050, Flags: flags}
}

// told is an answer as a test writes it down.
type told struct {
	class    baseline.Class
	expected bool
	perhaps  bool
	text     string
}

func look(t *testing.T, q baseline.Question, h handset) told {
	a := embedded(t).Look(q, h)
	return told{a.Class, a.Expected(), a.Perhaps(), a.String()}
}

func TestTheZeroAnswerKnowsNothing(t *testing.T) {
	assert.Equal(t, told{baseline.NotKnown, false, true, "not known"}, look(t, ask(0, sms), image(nil)))
	assert.Equal(t, told{baseline.NotKnown, false, true, "not known"}, look(t, ask(22, sms), image(nil)), "Android 5.1 asks nobody")
	assert.Equal(t, "not known", baseline.Answer{}.String())
	assert.False(t, baseline.Answer{}.Expected())
	assert.Equal(t, "not known", baseline.Class(99).String())
}

func TestWhatTheUserOrARoleDecidedIsExpected(t *testing.T) {
	assert.Equal(t, told{baseline.User, true, false, "user"}, look(t, ask(30, sms, "USER_SET"), image(nil)))
	assert.Equal(t, baseline.User, look(t, ask(28, sms, "REVIEW_REQUIRED", "GRANTED_BY_DEFAULT"), image(nil)).class, "its user is still asked")
	holder := image(map[string]baseline.Reply{dial: live(probe)})
	assert.Equal(t, told{baseline.ByRole, true, false, "role DIALER: Android's roles, Android 11, by its flag"}, look(t, ask(30, sms, "GRANTED_BY_ROLE"), holder))
	assert.Equal(t, told{baseline.ByRole, true, false, "role"}, look(t, ask(30, sms, "GRANTED_BY_ROLE"), image(nil)), "a role of the maker's own")
	assert.Equal(t, baseline.Bare, look(t, ask(30, sms, "RESTRICTION_SYSTEM_EXEMPT"), image(nil)).class, "a restriction's exemption is no grant")
}

func TestASoleHandlerIsExpectedAndOneOfSeveralMayBe(t *testing.T) {
	sole := image(map[string]baseline.Reply{maps: live(probe)})
	assert.Equal(t, told{baseline.DefaultHandler, true, false, "maps: AOSP's grant policy, Android 9, sole handler"}, look(t, ask(28, find), sole))
	assert.Equal(t, baseline.Bare, look(t, ask(28, sms), sole).class, "a permission that the intent does not need")
	assert.Equal(t, baseline.Bare, look(t, ask(31, find), sole).class, "from 11 the policy gives maps nothing")
	several := image(map[string]baseline.Reply{maps: live("org.example.other", probe)})
	assert.Equal(t, told{baseline.DefaultHandler, false, true, "maps: AOSP's grant policy, Android 9, one of several"}, look(t, ask(28, find), several))
	printed := image(map[string]baseline.Reply{maps: {Packages: []android.Package{probe}, Known: true}})
	assert.Equal(t, told{baseline.DefaultHandler, false, true, "maps: AOSP's grant policy, Android 9, stand-in by name"}, look(t, ask(28, find), printed))
	other := image(map[string]baseline.Reply{maps: live("org.example.other")})
	assert.Equal(t, told{baseline.Bare, false, false, "bare"}, look(t, ask(28, find), other))
}

func TestAStandInCountsOnlyWhereTheHandsetDoesNotTell(t *testing.T) {
	const category = "category:android.intent.category.SETUP_WIZARD"
	q := ask(29, "android.permission.CAMERA")
	q.Package = "com.maker.setupwizard"
	assert.Equal(t, told{baseline.DefaultHandler, false, true, "setup wizard: AOSP's grant policy, Android 10, stand-in by name"}, look(t, q, image(nil)))
	assert.Equal(t, baseline.Bare, look(t, q, image(map[string]baseline.Reply{category: live("org.example.other")})).class, "another one answers")
	assert.Equal(t, baseline.Bare, look(t, q, image(map[string]baseline.Reply{category: live()})).class, "none answers")
}

func TestARoleStandsBeforeASettingAndAnIntent(t *testing.T) {
	const setting = "setting:secure:dialer_default_application"
	assert.True(t, look(t, ask(28, sms), image(map[string]baseline.Reply{setting: live(probe)})).expected)
	assert.False(t, look(t, ask(30, sms), image(map[string]baseline.Reply{dial: live("org.example.other"), setting: live(probe)})).expected)
}

func TestARowIsForAppsOfTheImage(t *testing.T) {
	h := image(map[string]baseline.Reply{maps: live(probe), dial: live(probe)})
	h.image = baseline.No
	assert.Equal(t, baseline.Bare, look(t, ask(28, find), h).class)
	assert.True(t, look(t, ask(30, sms), h).expected, "a dialer may be the user's")
	h.image = baseline.Untold
	assert.True(t, look(t, ask(28, find), h).perhaps)
}

func TestAConditionMustHold(t *testing.T) {
	h := image(map[string]baseline.Reply{"activity:android.search.action.GLOBAL_SEARCH": live(probe)})
	mic := ask(30, "android.permission.RECORD_AUDIO")
	assert.True(t, look(t, mic, h).perhaps, "not known whether it has little memory")
	h.is[baseline.LowRAM] = baseline.No
	assert.Equal(t, baseline.Bare, look(t, mic, h).class)
	h.is[baseline.LowRAM] = baseline.Yes
	assert.True(t, look(t, mic, h).expected)

	// READ_PHONE_STATE for each privileged app that reads the privileged one: in 11, and on handsets that came through it.
	h = image(map[string]baseline.Reply{"requests:READ_PRIVILEGED_PHONE_STATE": live("org.example.other", probe)})
	const phone = android.Permission("android.permission.READ_PHONE_STATE")
	assert.True(t, look(t, ask(30, phone), h).expected)
	assert.Equal(t, baseline.Bare, look(t, ask(29, phone), h).class)
	h.is[baseline.Upgraded] = baseline.No
	assert.Equal(t, baseline.Bare, look(t, ask(31, phone), h).class)
	h.is[baseline.Upgraded] = baseline.Yes
	assert.True(t, look(t, ask(31, phone), h).expected)
}

func TestThePlatformsKeyExcusesNobodyByItself(t *testing.T) {
	h := image(nil)
	h.signed[probe] = "android"
	assert.Equal(t, told{baseline.MakersPlatform, false, false, "maker's platform app"}, look(t, ask(25, sms), h))
	q := ask(25, sms)
	q.Persistent = true
	want := "maker's platform app: persistent platform app, and AOSP builds no such app that asks for it"
	assert.Equal(t, told{baseline.MakersPlatform, false, false, want}, look(t, q, h))
	q = ask(25, sms)
	q.UID = 1000
	assert.Equal(t, baseline.MakersPlatform, look(t, q, image(nil)).class)

	h.signed["com.android.keychain"] = "android"
	q.Package = "com.android.keychain"
	assert.Equal(t, told{baseline.Platform, true, false, "com.android.keychain: built by AOSP, Android 7.1, sole holder"}, look(t, q, h))
	h.signed["com.android.keychain"] = "org.example.other"
	assert.False(t, look(t, q, h).expected, "AOSP's name with another key")
	assert.True(t, look(t, ask(33, "android.permission.POST_NOTIFICATIONS", "SYSTEM_FIXED"), h).expected, "which 13 gives all that have the key")
}

func TestAPackageDoesNotVouchForItself(t *testing.T) {
	h := image(nil)
	h.signed["com.android.providers.media"] = "com.android.providers.media"
	q := ask(25, store)
	q.Package = "com.android.providers.media"
	assert.True(t, look(t, q, h).perhaps)
	h.replies = map[string]baseline.Reply{"authority:media": live(q.Package)}
	assert.Equal(t, told{baseline.Component, true, false, "media provider: AOSP's grant policy, Android 7.1, sole holder"}, look(t, q, h))
}

func TestAMemberOfTheSharedUserMayBeWhyItHasIt(t *testing.T) {
	h := image(map[string]baseline.Reply{"authority:downloads": live("com.android.providers.downloads")})
	q := ask(30, store)
	assert.Equal(t, baseline.Bare, look(t, q, h).class)
	q.Members = []android.Package{"com.android.providers.downloads"}
	a := embedded(t).Look(q, h)
	assert.True(t, a.Expected())
	assert.Equal(t, android.Package("com.android.providers.downloads"), a.For)
}

func TestASplitWidensASetForAnOlderTarget(t *testing.T) {
	h := image(map[string]baseline.Reply{"category:android.intent.category.APP_CONTACTS": live(probe), maps: live(probe)})
	q := ask(28, find)
	q.Permission = "android.permission.ACCESS_BACKGROUND_LOCATION"
	assert.False(t, look(t, q, h).expected, "there is none before 10")
	h = image(map[string]baseline.Reply{"category:android.intent.category.LAUNCHER_APP": live(probe), "role:android.app.role.BROWSER": live(probe)})
	q.SDK, q.TargetSDK = 30, 28
	assert.True(t, look(t, q, h).expected)
	h = image(map[string]baseline.Reply{"role:android.app.role.BROWSER": live(probe)})
	assert.True(t, look(t, q, h).expected, "fine location alone, split for a target of 9")
	for _, target := range []int{0, 29, 30} {
		q.TargetSDK = target
		assert.False(t, look(t, q, h).expected, "target %d", target)
	}
	tables := embedded(t)
	media := android.Permission("android.permission.READ_MEDIA_IMAGES")
	assert.Contains(t, tables.Expand([]string{"WRITE"}, 33, 0), android.Permission("WRITE"))
	assert.Contains(t, tables.Expand([]string{"android.permission.WRITE_EXTERNAL_STORAGE"}, 33, 30), media)
	assert.NotContains(t, tables.Expand([]string{"android.permission.WRITE_EXTERNAL_STORAGE"}, 33, 33), media)
	assert.Contains(t, tables.Expand([]string{"@storage"}, 33, 33), media)
	assert.NotContains(t, tables.Expand([]string{"@storage"}, 32, 33), media)
}

func TestGooglesExceptionsNeedGooglesSigner(t *testing.T) {
	q := ask(30, "android.permission.RECORD_AUDIO")
	q.Package = "com.google.android.apps.assistant"
	assert.True(t, look(t, q, image(nil)).perhaps, "the signer is not known")
	q.Signers = []string{"00"}
	assert.Equal(t, baseline.Bare, look(t, q, image(nil)).class, "a stranger by Google's name")
	q.Signers = []string{"430B20EB61967E9C5BBE02599B073516807DAE72D786FE927F4896B7C7F2961F"}
	want := "com.google.android.apps.assistant: Google's default permissions, Android 11, sole holder"
	assert.Equal(t, told{baseline.Google, true, false, want}, look(t, q, image(nil)))
	q.Permission = sms
	assert.Equal(t, baseline.Bare, look(t, q, image(nil)).class)
}

func TestWhatTheMakerDeclaresIsTheMakersChoice(t *testing.T) {
	h := image(nil)
	h.declared = "/vendor/etc/default-permissions/maker.xml:12"
	assert.Equal(t, told{baseline.Declared, false, false, "declared exception: " + h.declared}, look(t, ask(30, sms), h))
	h.replies = map[string]baseline.Reply{dial: live(probe)}
	assert.True(t, look(t, ask(30, sms), h).expected, "AOSP gives it as well")
}

func TestWhatIsFixedBeyondAOSPIsNotExpected(t *testing.T) {
	h := image(map[string]baseline.Reply{dial: live(probe), "authority:downloads": live(probe)})
	want := "default dialer: AOSP's grant policy, Android 11, sole holder, fixed beyond AOSP"
	assert.Equal(t, told{baseline.ByRole, false, false, want}, look(t, ask(30, sms, "SYSTEM_FIXED"), h))
	assert.True(t, look(t, ask(30, store, "SYSTEM_FIXED"), h).expected, "the row says fixed")
	assert.True(t, look(t, ask(25, sms), h).expected, "flags get lost, which excuses nothing and accuses nobody")
}

func TestEveryInputMethodIsMeant(t *testing.T) {
	q := ask(24, "android.permission.READ_CONTACTS")
	h := image(map[string]baseline.Reply{"service:android.view.InputMethod": live("org.example.other", probe)})
	assert.True(t, look(t, q, h).expected)
	q.SDK = 26
	assert.False(t, look(t, q, h).expected)
}

func TestARowOfWhoseHolderNothingIsToldIsNamed(t *testing.T) {
	unasked := func(h handset) []string {
		var all []string
		for _, r := range embedded(t).Look(ask(28, find), h).Unasked {
			all = append(all, r.What)
		}
		return all
	}
	h := image(nil)
	assert.Contains(t, unasked(h), "maps")
	assert.Contains(t, unasked(h), "wear home")
	assert.NotContains(t, unasked(h), "print spooler", "its name tells that it is another")
	h.replies = map[string]baseline.Reply{maps: live("org.example.other")}
	assert.NotContains(t, unasked(h), "maps", "another one answers")
	h.is[baseline.Watch] = baseline.No
	assert.NotContains(t, unasked(h), "wear home", "it is no watch")
	h.image = baseline.No
	assert.NotContains(t, unasked(h), "setup wizard", "which is of the image")
	rows := embedded(t).Look(ask(28, sms), h).Unasked
	assert.Equal(t, "default dialer", rows[0].What, "which need not be")
}
