package finding_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

const (
	grants     = "no-sensitive-grant-unseen-by-the-user"
	sharedUser = android.Package("shared user specimen.shared")
	readSMS    = android.Permission("android.permission.READ_SMS")
)

func given(p android.Package, user int, perm android.Permission, flags ...string) fact.Grant {
	return fact.Grant{Package: p, User: user, Permission: perm, Type: fact.RuntimeGrant, Granted: true, Flags: flags}
}

func givenTo(sharedUser string, user int, perm android.Permission, flags ...string) fact.Grant {
	g := given("", user, perm, flags...)
	g.SharedUser = sharedUser
	return g
}

func member(p android.Package, flags ...string) fact.Install {
	return fact.Install{Package: p, UID: 10300, SharedUser: "specimen.shared", Flags: flags}
}

func asks(p android.Package, perm android.Permission) fact.Request {
	return fact.Request{Package: p, Permission: perm}
}

// detailed adds a whole dump of one package.
func (k *kit) detailed(p android.Package) *kit {
	k.c.Coverage = append(k.c.Coverage, finding.Covered{Source: "package-detail", Subject: string(p),
		Coverage: evidence.Coverage{State: evidence.Whole}, Reading: printout.Reading{Coverage: evidence.Coverage{State: evidence.Whole}}})
	return k
}

func TestASharedUsersGrantIsToldOnceWithWhoRequestsIt(t *testing.T) {
	t.Parallel()
	k := baseline(
		member("specimen.a", "SYSTEM"), member("specimen.b", "SYSTEM"), member("specimen.c", "SYSTEM"), member("specimen.d", "SYSTEM"),
		asks("specimen.a", readSMS), asks("specimen.b", "android.permission.CAMERA"),
		givenTo("specimen.shared", 0, readSMS, "GRANTED_BY_DEFAULT"),
		given("specimen.a", 0, readSMS, "GRANTED_BY_DEFAULT"), given("specimen.b", 0, readSMS, "GRANTED_BY_DEFAULT"), // a dump of one package says it again
	).detailed("specimen.c")
	k.expect(t, grants, want{finding.Flagged, sharedUser,
		"shared user specimen.shared holds READ_SMS, which its user was never asked for (GRANTED_BY_DEFAULT). Of its packages: specimen.a requests it; specimen.b, specimen.c do not; specimen.d: not known"})
	j := tally(k)
	require.Len(t, j.Grants, 1)
	assert.Equal(t, sharedUser, j.Grants[0].Package)
	assert.Equal(t, &finding.Sharing{User: "specimen.shared", Members: 4, Requested: []android.Package{"specimen.a"},
		NotRequested: []android.Package{"specimen.b", "specimen.c"}, Unknown: []android.Package{"specimen.d"}}, j.Grants[0].Sharing)
	assert.Equal(t, 1, j.Models[0].Cells[grants].Flagged)
}

func TestWhoseASharedUsersGrantIs(t *testing.T) {
	t.Parallel()
	sms := givenTo("specimen.shared", 0, readSMS, "GRANTED_BY_DEFAULT")
	for name, c := range map[string]struct {
		facts   []fact.Fact
		verdict finding.Verdict
	}{
		"the image's":                 {[]fact.Fact{member("specimen.a", "SYSTEM"), sms}, finding.Flagged},
		"a package's that came later": {[]fact.Fact{member("specimen.a"), member("specimen.b", "SYSTEM"), asks("specimen.a", readSMS), asks("specimen.b", "x.y"), sms}, finding.Clear},
		"nobody's that is left":       {[]fact.Fact{member("specimen.a", "SYSTEM"), asks("specimen.a", "x.y"), sms}, finding.Flagged},
		"a maker's package, its shared user named alike": {[]fact.Fact{
			fact.Install{Package: "specimen.online", UID: 10023, SharedUser: "android.uid.online", Flags: []string{"SYSTEM"}},
			givenTo("android.uid.online", 0, readSMS, "GRANTED_BY_DEFAULT")}, finding.Flagged},
		"nobody knows whose":         {[]fact.Fact{member("specimen.a"), member("specimen.b", "SYSTEM"), sms}, finding.Flagged},
		"its packages are not known": {[]fact.Fact{sms}, finding.Flagged},
		"Android's own":              {[]fact.Fact{givenTo("android.uid.shared", 0, readSMS, "GRANTED_BY_DEFAULT")}, finding.Clear},
		"a maker's, named alike":     {[]fact.Fact{fact.SharedUser{Name: "android.uid.online", UID: 10023}, givenTo("android.uid.online", 0, readSMS, "GRANTED_BY_DEFAULT")}, finding.Flagged},
		"Android's own by its UID":   {[]fact.Fact{fact.SharedUser{Name: "specimen.shared", UID: 1001}, sms}, finding.Clear},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.verdict, baseline(c.facts...).judge(t, grants)[0].Verdict) })
	}
}

func TestAPrintOutOfRolesTellsWhoHoldsByRole(t *testing.T) {
	t.Parallel()
	role := fact.RoleHolder{Role: "android.app.role.SMS", Package: weather}
	for name, c := range map[string]struct {
		grant   fact.Grant
		how     string
		verdict finding.Verdict
	}{
		"without any flag":              {given(weather, 0, readSMS), "role", finding.Clear},
		"by default":                    {given(weather, 0, readSMS, "GRANTED_BY_DEFAULT"), "role", finding.Clear},
		"nailed down":                   {given(weather, 0, readSMS, "SYSTEM_FIXED"), "system-fixed", finding.Flagged},
		"what the role does not give":   {given(weather, 0, "android.permission.ACCESS_FINE_LOCATION", "GRANTED_BY_DEFAULT"), "default", finding.Flagged},
		"for another user of Android's": {given(weather, 10, readSMS, "GRANTED_BY_DEFAULT"), "default", finding.Flagged},
		"another package":               {given(camera, 0, readSMS, "GRANTED_BY_DEFAULT"), "default", finding.Flagged},
		"its user's own":                {given(weather, 0, readSMS, "USER_SET"), "user", finding.Clear},
	} {
		t.Run(name, func(t *testing.T) {
			k := baseline(role, c.grant)
			assert.Equal(t, c.verdict, k.judge(t, grants)[0].Verdict)
			assert.Equal(t, c.how, tally(k).Grants[0].How)
		})
	}
	t.Run("a member of a shared user", func(t *testing.T) {
		k := baseline(member("specimen.a", "SYSTEM"), fact.RoleHolder{Role: "android.app.role.SMS", Package: "specimen.a"}, givenTo("specimen.shared", 0, readSMS))
		assert.Equal(t, finding.Clear, k.judge(t, grants)[0].Verdict)
	})
}

func TestASecondUsersGrantIsToldAsTheirs(t *testing.T) {
	t.Parallel()
	baseline(given(weather, 0, readSMS, "SYSTEM_FIXED"), given(weather, 150, readSMS, "SYSTEM_FIXED"), given(weather, 150, "android.permission.CAMERA", "SYSTEM_FIXED"),
		given(weather, 10, "android.permission.CAMERA", "SYSTEM_FIXED")).
		expect(t, grants, want{finding.Flagged, weather,
			"specimen.weather holds CAMERA (user 10), CAMERA (user 150), READ_SMS, which its user was never asked for (SYSTEM_FIXED)"})
}

func TestWhatIsListedForAUserWithoutTheAppIsNobodys(t *testing.T) {
	t.Parallel()
	for _, user := range []int{10, 95, 150, 999} {
		for name, c := range map[string]struct {
			facts []fact.Fact
			rows  int
		}{
			"not installed": {[]fact.Fact{given(weather, user, readSMS, "GRANTED_BY_DEFAULT"), fact.UserState{Package: weather, User: user}}, 0},
			"installed":     {[]fact.Fact{given(weather, user, readSMS, "GRANTED_BY_DEFAULT"), fact.UserState{Package: weather, User: user, Installed: true}}, 1},
			"not said":      {[]fact.Fact{given(weather, user, readSMS, "GRANTED_BY_DEFAULT")}, 1},
			"the factory copy's user": {[]fact.Fact{given(weather, user, readSMS, "GRANTED_BY_DEFAULT"),
				fact.UserState{Package: weather, Hidden: true, User: user}, fact.UserState{Package: weather, User: user, Installed: true}}, 1},
			"no package of the shared user": {[]fact.Fact{member("specimen.a", "SYSTEM"), givenTo("specimen.shared", user, readSMS, "GRANTED_BY_DEFAULT"),
				fact.UserState{Package: "specimen.a", User: user}}, 0},
			"one package of the shared user": {[]fact.Fact{member("specimen.a", "SYSTEM"), member("specimen.b", "SYSTEM"), givenTo("specimen.shared", user, readSMS, "GRANTED_BY_DEFAULT"),
				fact.UserState{Package: "specimen.a", User: user}, fact.UserState{Package: "specimen.b", User: user, Installed: true}}, 1},
			"installed for nobody": {[]fact.Fact{fact.Grant{Package: weather, User: fact.AllUsers, Permission: readSMS, Type: fact.InstallGrant, Granted: true},
				fact.UserState{Package: weather, User: 0}, fact.UserState{Package: weather, User: user}}, 0},
		} {
			k := baseline(c.facts...)
			j := tally(k)
			assert.Len(t, j.Grants, c.rows, "%s, user %d", name, user)
			if c.rows == 0 {
				assert.Equal(t, finding.Clear, k.judge(t, grants)[0].Verdict, "%s, user %d", name, user)
			}
			for _, g := range j.Grants {
				if g.Sharing != nil {
					assert.Equal(t, 1, g.Sharing.Members, "only who is there for user %d", user)
				}
			}
		}
	}
}

func TestAGrantThatAndroidItselfGivesIsToldWithItsRow(t *testing.T) {
	t.Parallel()
	const sms = android.Permission("android.permission.SEND_SMS")
	const dialer = "android.app.role.DIALER"
	system := fact.Install{Package: "specimen.a", UID: 10100, Flags: []string{"SYSTEM"}}
	held := given("specimen.a", 0, sms, "GRANTED_BY_DEFAULT")
	say := func(text string) string {
		return "specimen.a holds SEND_SMS, which its user was never asked for (GRANTED_BY_DEFAULT)" + text
	}
	for name, c := range map[string]struct {
		facts []fact.Fact
		want  want
	}{
		"nobody is known to answer": {[]fact.Fact{system, held}, want{finding.Flagged, "specimen.a", say("")}},
		"it alone answers a cell broadcast": {[]fact.Fact{system, held, fact.Component{Component: "activity", Action: "android.provider.Telephony.SMS_CB_RECEIVED", Package: "specimen.a"}},
			want{finding.Clear, "specimen.a", "specimen.a holds SEND_SMS, which Android itself gives it: cell broadcast: AOSP's grant policy, Android 11, sole handler"}},
		"it is one of two": {[]fact.Fact{system, held,
			fact.Component{Component: "activity", Action: "android.provider.Telephony.SMS_CB_RECEIVED", Package: "specimen.a"},
			fact.Component{Component: "activity", Action: "android.provider.Telephony.SMS_CB_RECEIVED", Package: "specimen.b"}},
			want{finding.Unknown, "specimen.a", say(", and Android itself may have given it: cell broadcast: AOSP's grant policy, Android 11, one of several")}},
		"what answers was not read to its end": {[]fact.Fact{system, held, fact.Component{Component: "activity", Action: "android.provider.Telephony.SMS_CB_RECEIVED", Package: "specimen.a"}},
			want{finding.Unknown, "specimen.a", say(", and Android itself may have given it: cell broadcast: AOSP's grant policy, Android 11, stand-in by name")}},
		"another answers": {[]fact.Fact{system, held, fact.Component{Component: "activity", Action: "android.provider.Telephony.SMS_CB_RECEIVED", Package: "specimen.b"}},
			want{finding.Flagged, "specimen.a", say("")}},
		"another has the role": {[]fact.Fact{system, held, fact.RoleHolder{Role: dialer, Package: "specimen.b"}}, want{finding.Flagged, "specimen.a", say("")}},
		"the maker declares it": {[]fact.Fact{system, held, fact.ImagePermission{List: "default", Package: "specimen.a", Permission: sms, Allowed: true, File: "/vendor/etc/default-permissions/a.xml"}},
			want{finding.Flagged, "specimen.a", say(": declared exception: /vendor/etc/default-permissions/a.xml")}},
	} {
		t.Run(name, func(t *testing.T) {
			k := baseline(c.facts...)
			k.c.Handset.Build.SDK = 30
			if strings.Contains(name, "to its end") {
				k.c.Coverage = append(k.c.Coverage, finding.Covered{Source: "exported-components", Coverage: evidence.Coverage{State: evidence.Truncated}})
			}
			if c.want.verdict == finding.Clear { // which does not yet clear the others
				k.expect(t, grants, want{finding.Clear, "", "nothing that contradicts the claim in dumpsys-package"}, c.want)
				return
			}
			k.expect(t, grants, c.want)
		})
	}
}
