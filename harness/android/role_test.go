package android_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
)

// TestRolesGiveWhatAOSPSays compares with what was read from roles.xml of each
// release, where that list stands beside the repository.
func TestRolesGiveWhatAOSPSays(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../../shared/claims/roles-by-release.tsv")
	if err != nil {
		t.Skip("the list of roles is not beside the repository: ../shared/claims")
	}
	defer f.Close()
	type gift struct {
		role android.Role
		perm android.Permission
	}
	want := map[gift]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		for name := range strings.SplitSeq(fields[len(fields)-1], ",") {
			name, _, _ = strings.Cut(name, "@")
			p := android.Permission("android.permission." + name)
			if name == "ADD_VOICEMAIL" {
				p = "com.android.voicemail.permission.ADD_VOICEMAIL"
			}
			if android.Sensitive(p) {
				want[gift{android.Role("android.app.role." + fields[1]), p}] = true
			}
		}
	}
	require.NotEmpty(t, want)
	roles := map[android.Role]bool{"android.app.role.BROWSER": true, "": true, "com.maker.role.CAMERA": true}
	for g := range want {
		roles[g.role] = true
	}
	for role := range roles {
		for _, p := range android.SensitivePermissions() {
			assert.Equal(t, want[gift{role, p}], android.RoleGives(role, p), "%s %s", role, p)
		}
	}
}

func TestARoleGivesItsSetsAndNoMore(t *testing.T) {
	t.Parallel()
	assert.True(t, android.RoleGives("android.app.role.DIALER", "android.permission.READ_CALL_LOG"))
	assert.True(t, android.RoleGives("android.app.role.SMS", "android.permission.CAMERA"))
	assert.False(t, android.RoleGives("android.app.role.BROWSER", "android.permission.CAMERA"))
	assert.False(t, android.RoleGives("android.app.role.ASSISTANT", "android.permission.RECORD_AUDIO"))
	assert.False(t, android.RoleGives("com.maker.role.SMS", "android.permission.READ_SMS"))
}
