package scenario

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
)

func TestParsePermissionsReadsUserZeroOfTheInstalledPackage(t *testing.T) {
	for name, sdk := range map[string]int{"flags parted by spaces, to Android 9": 28, "flags parted by bars, from Android 10": 29} {
		t.Run(name, func(t *testing.T) {
			p, found := parsePermissions(dump(sdk, "com.x", "CAMERA:false:USER_SET|USER_FIXED", "RECORD_AUDIO:true:GRANTED_BY_DEFAULT", "READ_CONTACTS"), "com.x")
			require.True(t, found)
			assert.Equal(t, names("CAMERA", "RECORD_AUDIO", "READ_CONTACTS"), p.requested)
			assert.Equal(t, held{false, []string{"USER_SET", "USER_FIXED"}}, p.runtime["android.permission.CAMERA"])
			assert.Equal(t, held{true, []string{"GRANTED_BY_DEFAULT"}}, p.runtime["android.permission.RECORD_AUDIO"])
			assert.Len(t, p.runtime, 2)
			assert.Equal(t, names("CAMERA", "READ_CONTACTS"), p.open(p.requested))
		})
	}
}

func TestParsePermissionsJoinsTheSharedUser(t *testing.T) {
	p, found := parsePermissions(`Packages:
  Package [com.x] (de9cb72):
    userId=1000
    sharedUser=SharedUserSetting{5625f1c android.uid.system/1000}
    requested permissions:
      android.permission.CAMERA
    User 0: installed=true

Shared users:
  SharedUser [android.uid.system] (37b35f9):
    userId=1000
    install permissions:
      android.permission.INTERNET: granted=true
    User 0:
      gids=[3002]
      runtime permissions:
        android.permission.CAMERA: granted=true, flags=[ SYSTEM_FIXED GRANTED_BY_DEFAULT ]
`, "com.x")
	require.True(t, found)
	require.Contains(t, p.runtime, android.Permission("android.permission.CAMERA"))
	assert.True(t, p.runtime["android.permission.CAMERA"].fixed())
}

func TestParsePermissionsFindsNoOtherPackage(t *testing.T) {
	_, found := parsePermissions(dump(30, "com.other"), "com.x")
	assert.False(t, found)
	_, found = parsePermissions("Unable to find package: com.x\n", "com.x")
	assert.False(t, found)
}

func TestParsePermissionsReadsRealDumps(t *testing.T) {
	file := filepath.Join("..", "..", "..", "shared", "corpus", "oppo_realme", "ColorOS_unknown", "11", "dumpsys_package_one.txt")
	raw, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skip("no corpus of real print-outs beside the repository")
	}
	require.NoError(t, err)
	p, found := parsePermissions(string(raw), "com.example.pkmproject")
	require.True(t, found)
	assert.Len(t, p.requested, 18)
	assert.Len(t, p.runtime, 2)
	assert.True(t, p.runtime["android.permission.ACCESS_FINE_LOCATION"].granted)
	assert.Contains(t, p.runtime["android.permission.ACCESS_FINE_LOCATION"].flags, "USER_SET")
}
