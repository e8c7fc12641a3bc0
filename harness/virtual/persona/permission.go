package persona

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed permissions.txt
var permissionTable string

// level is a protection level from one SDK on.
type level struct {
	sdk  int
	prot string
}

// catalogue is permissions.txt by full name.
var catalogue = sync.OnceValue(func() map[string][]level {
	table := map[string][]level{}
	for line := range strings.Lines(permissionTable) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] == "#" {
			continue
		}
		var levels []level
		for i := 1; i+1 < len(words); i += 2 {
			sdk, _ := strconv.Atoi(words[i])
			levels = append(levels, level{sdk, words[i+1]})
		}
		table[FullPermission(words[0])] = levels
	}
	return table
})

// PlatformPermissions lists by name the permissions that android defines on any release.
func PlatformPermissions() []string { return slices.Sorted(maps.Keys(catalogue())) }

// FullPermission gives a permission its namespace where it has none.
func FullPermission(name string) string {
	if strings.Contains(name, ".") && !strings.HasPrefix(name, "health.") {
		return name
	}
	return "android.permission." + name
}

// Protection is the level at which android itself defines a permission
// on a release, or "" where it does not.
func Protection(name string, sdk int) string {
	found := ""
	for _, l := range catalogue()[name] {
		if l.sdk <= sdk {
			found = l.prot
		}
	}
	return found
}

// Flags are a grant's flags, by the bits of PackageManager.
type Flags uint32

// Flags of a grant (PackageManager.FLAG_PERMISSION_USER_SET and on).
const (
	UserSet Flags = 1 << iota
	UserFixed
	PolicyFixed
	RevokeOnUpgrade
	SystemFixed
	GrantedByDefault
	ReviewRequired
	RevokeWhenRequested
	UserSensitiveWhenGranted
	UserSensitiveWhenDenied
	_
	RestrictionInstallerExempt
	RestrictionSystemExempt
	RestrictionUpgradeExempt
	ApplyRestriction
	GrantedByRole
	OneTime
	AutoRevoked
)

// flagBits names the flags (PackageManager.permissionFlagToString).
var flagBits = map[string]Flags{
	"APPLY_RESTRICTION":            ApplyRestriction,
	"AUTO_REVOKED":                 AutoRevoked,
	"GRANTED_BY_DEFAULT":           GrantedByDefault,
	"GRANTED_BY_ROLE":              GrantedByRole,
	"ONE_TIME":                     OneTime,
	"POLICY_FIXED":                 PolicyFixed,
	"RESTRICTION_INSTALLER_EXEMPT": RestrictionInstallerExempt,
	"RESTRICTION_SYSTEM_EXEMPT":    RestrictionSystemExempt,
	"RESTRICTION_UPGRADE_EXEMPT":   RestrictionUpgradeExempt,
	"REVIEW_REQUIRED":              ReviewRequired,
	"REVOKE_ON_UPGRADE":            RevokeOnUpgrade,
	"REVOKE_WHEN_REQUESTED":        RevokeWhenRequested,
	"SYSTEM_FIXED":                 SystemFixed,
	"USER_FIXED":                   UserFixed,
	"USER_SENSITIVE_WHEN_DENIED":   UserSensitiveWhenDenied,
	"USER_SENSITIVE_WHEN_GRANTED":  UserSensitiveWhenGranted,
	"USER_SET":                     UserSet,
}

// ParseFlags reads flags by their names; a name of none counts for nothing.
func ParseFlags(names []string) Flags {
	var flags Flags
	for _, n := range names {
		flags |= flagBits[n]
	}
	return flags
}

// Known are the flags that a release has.
func (f Flags) Known(sdk int) Flags {
	switch {
	case sdk < 29:
		return f & (ReviewRequired<<1 - 1)
	case sdk < 30:
		return f & (GrantedByRole<<1 - 1)
	}
	return f
}

// Format writes flags as a release's dump does: up to Android 9 with spaces and a
// closing space, from 10 with pipes (Settings.permissionFlagsToString).
func (f Flags) Format(sdk int) string {
	f = f.Known(sdk)
	if f == 0 {
		return ""
	}
	var names []string
	for bit := Flags(1); bit <= AutoRevoked; bit <<= 1 {
		if f&bit == 0 {
			continue
		}
		for name, b := range flagBits {
			if b == bit {
				names = append(names, name)
			}
		}
	}
	if sdk < 29 {
		return ", flags=[ " + strings.Join(names, " ") + " ]"
	}
	return ", flags=[ " + strings.Join(names, "|") + "]"
}

// PermissionGIDs are the groups that a permission brings
// (frameworks/base data/etc/platform.xml).
var PermissionGIDs = map[string]int{
	"android.permission.ACCESS_CACHE_FILESYSTEM": 2001,
	"android.permission.BLUETOOTH":               3002,
	"android.permission.BLUETOOTH_ADMIN":         3001,
	"android.permission.DIAGNOSTIC":              1004,
	"android.permission.INTERNET":                3003,
	"android.permission.READ_LOGS":               1007,
	"android.permission.WRITE_MEDIA_STORAGE":     1023,
}

// restrictedPermissions are hard or soft restricted from Android 10: who comes
// with the image is exempt.
var restrictedPermissions = []string{
	"android.permission.ACCESS_BACKGROUND_LOCATION",
	"android.permission.PROCESS_OUTGOING_CALLS",
	"android.permission.READ_CALL_LOG",
	"android.permission.READ_CELL_BROADCASTS",
	"android.permission.READ_EXTERNAL_STORAGE",
	"android.permission.READ_SMS",
	"android.permission.RECEIVE_MMS",
	"android.permission.RECEIVE_SMS",
	"android.permission.RECEIVE_WAP_PUSH",
	"android.permission.SEND_SMS",
	"android.permission.WRITE_CALL_LOG",
	"android.permission.WRITE_EXTERNAL_STORAGE",
}

// Restricted says whether a permission is one of them.
func Restricted(permission string) bool {
	_, ok := slices.BinarySearch(restrictedPermissions, permission)
	return ok
}

// PermissionGroup gives the words of a permission's dialog and the group that is
// granted as one. Permissions that the user is not asked for have none.
func PermissionGroup(permission string) (group string, words string) {
	g, ok := dialogGroups[strings.TrimPrefix(permission, "android.permission.")]
	if !ok {
		return permission, "use a protected feature"
	}
	return g, dialogWords[g]
}

// PermissionGroups lists the groups by name.
func PermissionGroups() []string {
	return slices.Compact(slices.Sorted(maps.Values(dialogGroups)))
}

var dialogGroups = map[string]string{
	"ACCESS_BACKGROUND_LOCATION":      "LOCATION",
	"ACCESS_COARSE_LOCATION":          "LOCATION",
	"ACCESS_FINE_LOCATION":            "LOCATION",
	"ACTIVITY_RECOGNITION":            "ACTIVITY_RECOGNITION",
	"BLUETOOTH_CONNECT":               "NEARBY_DEVICES",
	"BLUETOOTH_SCAN":                  "NEARBY_DEVICES",
	"BODY_SENSORS":                    "SENSORS",
	"CALL_PHONE":                      "PHONE",
	"CAMERA":                          "CAMERA",
	"GET_ACCOUNTS":                    "CONTACTS",
	"NEARBY_WIFI_DEVICES":             "NEARBY_DEVICES",
	"POST_NOTIFICATIONS":              "NOTIFICATIONS",
	"READ_CALENDAR":                   "CALENDAR",
	"READ_CALL_LOG":                   "CALL_LOG",
	"READ_CONTACTS":                   "CONTACTS",
	"READ_EXTERNAL_STORAGE":           "STORAGE",
	"READ_MEDIA_AUDIO":                "READ_MEDIA_AURAL",
	"READ_MEDIA_IMAGES":               "READ_MEDIA_VISUAL",
	"READ_MEDIA_VIDEO":                "READ_MEDIA_VISUAL",
	"READ_MEDIA_VISUAL_USER_SELECTED": "READ_MEDIA_VISUAL",
	"READ_PHONE_NUMBERS":              "PHONE",
	"READ_PHONE_STATE":                "PHONE",
	"READ_SMS":                        "SMS",
	"RECEIVE_MMS":                     "SMS",
	"RECEIVE_SMS":                     "SMS",
	"RECORD_AUDIO":                    "MICROPHONE",
	"SEND_SMS":                        "SMS",
	"WRITE_CALENDAR":                  "CALENDAR",
	"WRITE_CALL_LOG":                  "CALL_LOG",
	"WRITE_CONTACTS":                  "CONTACTS",
	"WRITE_EXTERNAL_STORAGE":          "STORAGE",
}

var dialogWords = map[string]string{
	"ACTIVITY_RECOGNITION": "access your physical activity",
	"CALENDAR":             "access your calendar",
	"CALL_LOG":             "access your phone call logs",
	"CAMERA":               "take pictures and record video",
	"CONTACTS":             "access your contacts",
	"LOCATION":             "access this device's location",
	"MICROPHONE":           "record audio",
	"NEARBY_DEVICES":       "find, connect to, and determine the relative position of nearby devices",
	"NOTIFICATIONS":        "send you notifications",
	"PHONE":                "make and manage phone calls",
	"READ_MEDIA_AURAL":     "access music and audio on this device",
	"READ_MEDIA_VISUAL":    "access photos and videos on this device",
	"SENSORS":              "access sensor data about your vital signs",
	"SMS":                  "send and view SMS messages",
	"STORAGE":              "access photos, media, and files on your device",
}
