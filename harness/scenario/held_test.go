package scenario

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/obstacle"
)

// TestWhatWasSetIsReadBackAndHasToStay: a setting, and an op that goes back by itself.
func TestWhatWasSetIsReadBackAndHasToStay(t *testing.T) {
	const put, get = "settings put secure location_mode 0", "settings get --user 0 secure location_mode"
	const set, ops = "cmd appops set --user 0 com.x CAMERA ignore", "appops get com.x"
	for name, c := range map[string]struct {
		run  string
		says map[string][]string
		want string // of the error; empty: none
	}{
		"a setting is there":             {put, map[string][]string{put: {""}, get: {"3\n", "0\n"}}, ""},
		"a setting is not there":         {put, map[string][]string{put: {""}, get: {"3\n"}}, `to be "0" after settings put secure location_mode 0: "3"`},
		"a setting goes back":            {put, map[string][]string{put: {""}, get: {"3\n", "0\n", "3\n"}}, `to be "0" after settings put secure location_mode 0: "3"`},
		"a setting that nobody tells of": {put, map[string][]string{put: {""}}, ""},
		"an op is there":                 {set, map[string][]string{set: {""}, ops: {"No operations.\n", "CAMERA: ignore; time=+3s ago\n"}}, ""},
		"an op goes back": {set, map[string][]string{set: {""}, ops: {"No operations.\n", "Uid mode: CAMERA: ignore\n", "CAMERA: allow\n"}},
			"to be CAMERA ignore after cmd appops set --user 0 com.x CAMERA ignore: "},
		"an op that is set to the default": {"appops set com.x CAMERA default", map[string][]string{"appops set com.x CAMERA default": {""}, ops: {"No operations.\n"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{sdk: 34, says: c.says}
			_, err := do(t, f, fmt.Sprintf("shell: {run: %q, changes: {what: it is set}}", c.run))
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			var none *obstacle.Refusal
			require.ErrorAs(t, err, &none)
			assert.True(t, none.Silent)
			assert.NotEmpty(t, none.What)
			assert.ErrorContains(t, none.Unwrap(), c.want)
		})
	}
}

// TestWhatRemainsIsToldByWhatItWasAndIs for each part of the state.
func TestWhatRemainsIsToldByWhatItWasAndIs(t *testing.T) {
	for name, c := range map[string]struct {
		part, was string
		says      map[string][]string
		want      []string
	}{
		"permissions": {"permissions " + subject, "android.permission.CAMERA=granted USER_SET\nandroid.permission.READ_SMS=granted\n",
			map[string][]string{ofCamera: {dump(30, subject, "CAMERA:false:USER_SET|USER_FIXED", "READ_SMS:true:", "RECORD_AUDIO:false:")}},
			[]string{"com.maker.camera: CAMERA was granted USER_SET, and is not granted USER_FIXED|USER_SET"}},
		"permissions as before": {"permissions " + subject, "android.permission.CAMERA=granted USER_SET\n",
			map[string][]string{ofCamera: {dump(30, subject, "CAMERA:true:USER_SET")}}, nil},
		"permissions that settle": {"permissions " + subject, "android.permission.CAMERA=granted\n",
			map[string][]string{ofCamera: {dump(30, subject, "CAMERA:false:"), dump(30, subject, "CAMERA:true:")}}, nil},
		"an app that is gone": {"permissions " + subject, "x=y\n", map[string][]string{ofCamera: {"Unable to find package: com.maker.camera\n"}},
			[]string{"permissions com.maker.camera: it is not known whether it is as it was"}},
		"ops": {"ops com.x", "CAMERA=allow\nuid mode of FINE_LOCATION=foreground\n",
			map[string][]string{"appops get com.x": {"Uid mode: FINE_LOCATION: ignore\nCAMERA: ignore; rejectTime=+2s ago\nVIBRATE: allow; time=+1s ago\n"}},
			[]string{"com.x: CAMERA was allow, and is ignore", "com.x: uid mode of FINE_LOCATION was foreground, and is ignore"}},
		"a setting":           {"setting secure location_mode", "3", map[string][]string{"settings get --user 0 secure location_mode": {"0\n"}}, []string{`setting secure location_mode was "3", and is "0"`}},
		"no rotation":         {Rotation[1], "null", map[string][]string{"settings get --user 0 system user_rotation": {"null\n"}}, nil},
		"a rotation":          {Rotation[1], "1", map[string][]string{"settings get --user 0 system user_rotation": {"0\n"}}, []string{`setting system user_rotation was "1", and is "0"`}},
		"a setting of others": {"setting system x", "null", map[string][]string{"settings get --user 0 system x": {"0\n"}}, []string{`setting system x was "null", and is "0"`}},
	} {
		left, err := Remains(t.Context(), &fake{sdk: 30, says: c.says}, c.part, c.was)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, left, name)
	}
}

// TestNoPartOfAJournalIsACommand: a journal may come from anybody.
func TestNoPartOfAJournalIsACommand(t *testing.T) {
	for _, part := range []string{"", "permissions", "permissions -x", "permissions a b", "ops $(id)", "ops -a", "setting secure", "setting secret x", "setting system a;b", "setting system -x", "shell id", "settings put system x"} {
		f := &fake{sdk: 30}
		_, _, err := Standing(t.Context(), f, part)
		require.Error(t, err, part)
		assert.Empty(t, f.ran, part)
		assert.Nil(t, PutBack(part, "1"), part)
	}
	assert.Equal(t, []string{"settings", "put", "--user", "0", "system", "user_rotation", "1"}, PutBack(Rotation[1], "1"))
	assert.Equal(t, []string{"settings", "delete", "--user", "0", "system", "user_rotation"}, PutBack(Rotation[1], "null"))
	for _, was := range []string{"", "4", "1; reboot", "-1", "01"} {
		assert.Nil(t, PutBack(Rotation[1], was), was)
	}
	assert.Nil(t, PutBack("setting secure location_mode", "1"), "what a step changes, its own undo takes back")
}

// TestARefusalForGoodStands: nobody is asked again, and that is no failed step.
func TestARefusalForGoodStands(t *testing.T) {
	for _, c := range []struct {
		flags, with string
		want        Report
	}{
		{"USER_SET|USER_FIXED", "deny", Report{Answer: "deny", Standing: true, Detail: "CAMERA is not asked again on this handset: refused for good (USER_FIXED USER_SET)"}},
		{"USER_FIXED", "deny-forever", Report{Answer: "deny-forever", Standing: true, Detail: "CAMERA is not asked again on this handset: refused for good (USER_FIXED)"}},
		{"USER_SET|USER_FIXED", "allow", Report{NotApplicable: true, Detail: "CAMERA is not asked again on this handset: refused for good (USER_FIXED USER_SET)"}},
		{"POLICY_FIXED", "deny", Report{NotApplicable: true, Detail: "CAMERA is not asked again on this handset: refused for good (POLICY_FIXED)"}},
	} {
		f := &fake{sdk: 30, says: map[string][]string{ofCamera: {dump(30, subject, "CAMERA:false:"+c.flags)}}}
		report, err := do(t, f, "answer: {permission: CAMERA, with: "+c.with+"}")
		require.NoError(t, err, c)
		c.want.Package, c.want.Dialog = subject, "android.permission.CAMERA"
		assert.Equal(t, c.want, report)
		assert.Empty(t, f.changes)
		assert.Empty(t, f.tapped())
	}
}

// TestAnAnswerIsUndoneForAllThatItsDialogAsksFor: a group is refused as one.
func TestAnAnswerIsUndoneForAllThatItsDialogAsksFor(t *testing.T) {
	f := asking(33, permissionScreen(controllerPkg, "Allow Camera to access this device’s location?", "permission_deny_button"),
		dump(33, subject, "ACCESS_FINE_LOCATION:false:", "ACCESS_COARSE_LOCATION:false:", "READ_SMS:false:"),
		dump(33, subject, "ACCESS_FINE_LOCATION:false:USER_SET", "ACCESS_COARSE_LOCATION:false:USER_SET", "READ_SMS:false:"))
	_, err := do(t, f, "answer: {permission: ACCESS_FINE_LOCATION, with: deny}")
	require.NoError(t, err)
	var want []string
	for _, p := range []android.Permission{"ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION"} {
		want = append(want, "pm clear-permission-flags --user 0 com.maker.camera android.permission."+string(p)+" user-set user-fixed")
	}
	assert.Equal(t, want, f.undos())
	assert.Contains(t, f.held, "permissions "+subject)
}

// TestHowAnAppStandsIsJournalledBeforeItIsChanged by whatever step, on every release.
func TestHowAnAppStandsIsJournalledBeforeItIsChanged(t *testing.T) {
	for _, sdk := range []int{23, 28, 29, 30, 33} {
		for _, text := range []string{"revoke: CAMERA", "grant: READ_SMS", "answer: {permission: RECORD_AUDIO, with: deny}"} {
			record := dump(sdk, subject, "CAMERA:true:USER_SET", "READ_SMS:false:", "RECORD_AUDIO:false:")
			f := changing(sdk, record, record)
			f.shows(permissionScreen(controllerPkg, "Allow Camera to record audio?", "permission_deny_button"))
			before := f.does
			f.does = func(f *fake, command string) {
				before(f, command)
				if command[:3] == "pm " || len(command) > 9 && command[:9] == "input tap" {
					assert.Equal(t, "android.permission.CAMERA=granted USER_SET\n", f.held["permissions "+subject], "%d %s: %s", sdk, text, command)
				}
			}
			_, _ = do(t, f, text) // the record never shows it
			assert.NotEmpty(t, f.held, "%d %s", sdk, text)
		}
	}
}
